import { chmodSync, constants, copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { shippedFilePath } from '../../protocol/job-layout.ts';
import type { ShippedFile } from '../../protocol/job-spec.ts';

/** Makes an attempt's working directory, local to this Worker, with the job's files in it. */
export function makeAttemptDirectory(
  path: string,
  files: readonly ShippedFile[],
  sharedDirectory: string,
): void {
  // Left from an attempt of that name that this Worker could not clean up.
  removeAttemptDirectory(path);
  mkdirSync(path, { mode: 0o700 });
  for (const file of files) {
    const copy = join(path, file.path);
    if (file.path.includes('/')) mkdirSync(dirname(copy), { recursive: true });
    // Costs nothing where the file system can share blocks.
    copyFileSync(
      shippedFilePath(sharedDirectory, file.sha256),
      copy,
      constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE,
    );
    chmodSync(copy, file.mode);
  }
}

/** Removes it with all that programs left there. */
export function removeAttemptDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true });
}
