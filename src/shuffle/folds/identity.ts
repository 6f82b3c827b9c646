import type { ValueSink } from '../group-cursor.ts';
import type { Fold } from './fold.ts';

/** Records as they are. */
export function identity(sink: ValueSink): Fold {
  return {
    begin: () => undefined,
    add: (bytes, start, end, times) => sink.value(bytes, start, end, times),
    addBare: (times) => sink.bare(times),
    finish: () => undefined,
  };
}
