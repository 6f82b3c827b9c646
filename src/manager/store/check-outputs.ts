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

/**
 * Looks for every file with its size: a Worker that sees another disk under the same path would
 * otherwise commit what is not there. This is done for every task, so it must cost little: on a disk
 * of this machine at once, for the look itself takes less than handing it to another thread;
 * elsewhere, where it may take long, with callbacks, for promises cost as much again.
 */
export class OutputChecks {
  /** Where everything lies on a local disk; undefined: nothing is known to. */
  readonly #localPrefix: string | undefined;
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;

  /** @param sharedDirectory where most of the files will be */
  constructor(sharedDirectory: string) {
    this.#localPrefix = isOnLocalDisk(sharedDirectory) ? `${sharedDirectory}/` : undefined;
  }

  /** @param done told once, perhaps at once: the first problem in words, or null */
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
    if (this.#localPrefix !== undefined && file.path.startsWith(this.#localPrefix)) {
      return done(lookAt(file));
    }
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

  #begin(): void {
    while (this.#underWay < LOOKS_AT_ONCE) {
      const look = this.#waiting.shift();
      if (!look) return;
      look();
    }
  }
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
