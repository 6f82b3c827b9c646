import { stat } from 'node:fs';
import { errorText } from '../../runtime/system-error.ts';

/** What a Worker says that an attempt wrote. */
export interface ClaimedFile {
  readonly path: string;
  readonly bytes: number;
}

/** More would keep whatever else is to be read or written waiting behind them. */
const LOOKS_AT_ONCE = 8;
const DONE_KEPT = 1000;

/**
 * Looks for every file with its size: a Worker that sees another disk under the same path would
 * otherwise commit what is not there. With callbacks, for this is done for every task, and promises
 * cost as much again as the look itself.
 */
export class OutputChecks {
  /** Looks that wait for their turn; those before `#next` are done with. */
  #waiting: (() => void)[] = [];
  #next = 0;
  #underWay = 0;

  /** @param done told once: the first problem in words, or null; at once where there is no file */
  check(files: readonly ClaimedFile[], done: (problem: string | null) => void): void {
    const problems: (string | null)[] = [];
    let left = files.length;
    if (left === 0) return done(null);
    for (const [index, file] of files.entries()) {
      this.#look(file, (problem) => {
        problems[index] = problem;
        left -= 1;
        if (left === 0) done(problems.find((each) => each !== null) ?? null);
      });
    }
  }

  #look(file: ClaimedFile, done: (problem: string | null) => void): void {
    this.#waiting.push(() => {
      this.#underWay += 1;
      checkOutput(file, (problem) => {
        this.#underWay -= 1;
        this.#begin();
        done(problem);
      });
    });
    this.#begin();
  }

  /** A queue that never runs dry must not grow for ever. */
  #forgetDone(): void {
    if (this.#next < DONE_KEPT || 2 * this.#next < this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#next);
    this.#next = 0;
  }

  #begin(): void {
    while (this.#underWay < LOOKS_AT_ONCE) {
      const look = this.#waiting[this.#next];
      if (!look) {
        this.#waiting = [];
        this.#next = 0;
        return;
      }
      this.#next += 1;
      this.#forgetDone();
      look();
    }
  }
}

function checkOutput({ path, bytes }: ClaimedFile, done: (problem: string | null) => void): void {
  stat(path, (error, status) => {
    if (error) return done(`"${path}" cannot be read here: ${errorText(error)}`);
    const { size } = status;
    if (size === bytes) return done(null);
    done(`"${path}" has ${String(size)} bytes here instead of ${String(bytes)}`);
  });
}
