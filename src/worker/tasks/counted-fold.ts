import type { Fold, FoldFactory } from '../../shuffle/folds/fold.ts';

/** Counts, as lines, the bytes that a built-in reducer is given. */
export class CountedFold {
  /** Bytes of lines so far, separators and newlines included. */
  bytes = 0;
  readonly makeFold: FoldFactory;

  constructor(makeFold: FoldFactory) {
    this.makeFold = (sink) => this.#count(makeFold(sink));
  }

  #count(fold: Fold): Fold {
    let keyBytes = 0;
    return {
      begin: (key, start, end) => {
        keyBytes = end - start;
        fold.begin(key, start, end);
      },
      add: (bytes, start, end, times) => {
        this.bytes += (keyBytes + end - start + 2) * times;
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
