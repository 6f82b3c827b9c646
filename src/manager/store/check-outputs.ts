import { stat, statSync } from 'node:fs';
import { isOnLocalDisk } from '../../runtime/files/local-disk.ts';
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
 * otherwise commit what is not there. This is done for every task, so it must cost little: on a disk
 * of this machine at once, for the look itself takes less than handing it to another thread;
 * elsewhere, where it may take long, with callbacks, for promises cost as much again.
 */
export class OutputChecks {
  /** Where everything lies on a local disk; undefined: nothing is known to. */
  readonly #localPrefix: string | undefined;
  /** Looks that wait for their turn; those before `#next` are done with. */
  #waiting: (() => void)[] = [];
  #next = 0;
  #underWay = 0;

  /** @param sharedDirectory where most of the files will be */
  constructor(sharedDirectory: string) {
    this.#localPrefix = isOnLocalDisk(sharedDirectory) ? `${sharedDirectory}/` : undefined;
  }

  /** @param done told once, perhaps at once: the first problem in words, or null */
  check(files: readonly ClaimedFile[], done: (problem: string | null) => void): void {
    const prefix = this.#localPrefix;
    if (prefix !== undefined && files.every(({ path }) => path.startsWith(prefix))) {
      return done(lookAtOnce(files));
    }
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

function lookAtOnce(files: readonly ClaimedFile[]): string | null {
  for (const file of files) {
    const problem = lookAt(file);
    if (problem !== null) return problem;
  }
  return null;
}

function lookAt(file: ClaimedFile): string | null {
  try {
    return sizeProblem(file, statSync(file.path).size);
  } catch (error) {
    return unreadable(file, error);
  }
}

function checkOutput(file: ClaimedFile, done: (problem: string | null) => void): void {
  stat(file.path, (error, status) => {
    done(error ? unreadable(file, error) : sizeProblem(file, status.size));
  });
}

function unreadable({ path }: ClaimedFile, error: unknown): string {
  return `"${path}" cannot be read here: ${errorText(error)}`;
}

function sizeProblem({ path, bytes }: ClaimedFile, size: number): string | null {
  if (size === bytes) return null;
  return `"${path}" has ${String(size)} bytes here instead of ${String(bytes)}`;
}
