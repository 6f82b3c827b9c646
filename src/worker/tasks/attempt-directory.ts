import { chmodSync, constants, copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { shippedFilePath } from '../../protocol/job-layout.ts';
import type { ShippedFile } from '../../protocol/job-spec.ts';

/** The Worker's own place for one attempt, on its local disk. */
export interface AttemptDirectory {
  /** The programs' working directory, with the files of the job in it. */
  readonly work: string;
  /** For files of merges; programs do not see it. */
  readonly scratch: string;
}

/** Makes the directories of an attempt and copies the job's files into the first. */
export function makeAttemptDirectory(
  path: string,
  files: readonly ShippedFile[],
  sharedDirectory: string,
): AttemptDirectory {
  const work = join(path, 'work');
  const scratch = join(path, 'scratch');
  // Left from an attempt of that name that this Worker could not clean up.
  removeAttemptDirectory(path);
  mkdirSync(work, { recursive: true, mode: 0o700 });
  mkdirSync(scratch, { mode: 0o700 });
  for (const file of files) {
    const copy = join(work, file.path);
    mkdirSync(dirname(copy), { recursive: true });
    // Costs nothing where the file system can share blocks.
    copyFileSync(
      shippedFilePath(sharedDirectory, file.sha256),
      copy,
      constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE,
    );
    chmodSync(copy, file.mode);
  }
  return { work, scratch };
}

/** Removes them with all that programs left there. */
export function removeAttemptDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true });
}
