import type { ValueSink } from '../group-cursor.ts';
import type { Fold } from './fold.ts';

/** The number of values, a record without a value included. Its own results are added by `sum`. */
export function count(sink: ValueSink): Fold {
  let counted = 0;
  return {
    begin() {
      counted = 0;
    },
    add(_bytes, _start, _end, times) {
      counted += times;
    },
    addBare(times) {
      counted += times;
    },
    finish() {
      const digits = Buffer.from(String(counted), 'latin1');
      sink.value(digits, 0, digits.length, 1);
    },
  };
}
