import { stat } from 'node:fs';
import { errorText } from '../../runtime/system-error.ts';

/** What a Worker says that an attempt wrote. */
export interface ClaimedFile {
  readonly path: string;
  readonly bytes: number;
}

/** Side files may be many; no attempt takes all threads of the pool. */
const FILES_AT_ONCE = 8;

/**
 * Looks for every file with its size: a Worker that sees another disk under the same path would
 * otherwise commit what is not there. With callbacks: this is done for every task, and promises cost
 * as much again as the look itself.
 * @param done told once: the first problem in words, or null; at once where there is no file
 */
export function checkOutputs(
  files: readonly ClaimedFile[],
  done: (problem: string | null) => void,
): void {
  const problems: (string | null)[] = [];
  let begun = 0;
  let left = files.length;
  const next = (): void => {
    const index = begun;
    const file = files[index];
    if (!file) return;
    begun += 1;
    checkOutput(file, (problem) => {
      problems[index] = problem;
      left -= 1;
      if (left > 0) return next();
      done(problems.find((each) => each !== null) ?? null);
    });
  };
  if (left === 0) done(null);
  for (let lane = 0; lane < FILES_AT_ONCE; lane += 1) next();
}

function checkOutput({ path, bytes }: ClaimedFile, done: (problem: string | null) => void): void {
  stat(path, (error, status) => {
    if (error) return done(`"${path}" cannot be read here: ${errorText(error)}`);
    const { size } = status;
    if (size === bytes) return done(null);
    done(`"${path}" has ${String(size)} bytes here instead of ${String(bytes)}`);
  });
}
