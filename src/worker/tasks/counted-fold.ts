import type { Fold, FoldFactory } from '../../shuffle/folds/fold.ts';

/** Counts, as lines, the bytes that a built-in reducer is given. */
export class CountedFold {
  /** Bytes of lines so far, separators and newlines included. */
  bytes = 0;
  readonly makeFold: FoldFactory;

  constructor(makeFold: FoldFactory) {
    this.makeFold = (sink, separator) => this.#count(makeFold(sink, separator), separator.length);
  }

  #count(fold: Fold, separatorBytes: number): Fold {
    let keyBytes = 0;
    return {
      begin: (key, start, end) => {
        keyBytes = end - start;
        fold.begin(key, start, end);
      },
      add: (bytes, start, end, times) => {
        this.bytes += (keyBytes + separatorBytes + end - start + 1) * times;
        fold.add(bytes, start, end, times);
      },
      addBare: (times) => {
        this.bytes += (keyBytes + 1) * times;
        fold.addBare(times);
      },
      finish: () => {
        fold.finish();
      },
    };
  }
}
