import type { ValueSink } from '../group-cursor.ts';
import type { Fold } from './fold.ts';

/** The first record of a key, with or without a value, in the order in which they come. */
export function first(sink: ValueSink): Fold {
  let isGiven = false;
  return {
    begin() {
      isGiven = false;
    },
    add(bytes, start, end) {
      if (!isGiven) sink.value(bytes, start, end, 1);
      isGiven = true;
    },
    addBare() {
      if (!isGiven) sink.bare(1);
      isGiven = true;
    },
    finish: () => undefined,
  };
}
