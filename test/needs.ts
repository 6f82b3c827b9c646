import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'vitest';

/**
 * What a test needs that a machine may not have. Each skips the running test with a reason, which
 * `skipped-reporter.ts` prints; `.ci/run` provides everything and skips nothing.
 */

/** Skips unless every one of the programs is on the PATH. */
export function needsPrograms(context: TestContext, ...programs: readonly string[]): void {
  const missing = programs.filter((program) => !isOnPath(program));
  if (missing.length > 0) context.skip(`needs ${missing.join(', ')}`);
}

/** Skips unless the tests run as root. */
export function needsRoot(context: TestContext): void {
  if (process.getuid?.() !== 0) context.skip('needs root');
}

/** Skips a test of many seconds, or one that uses the network, unless `.ci/run` runs it. */
export function needsFullRun(context: TestContext): void {
  if (!isFullRun()) context.skip('slow: runs in .ci/run');
}

/** Whether slow tests run. */
export function isFullRun(): boolean {
  return process.env['MUSTER_FULL_TESTS'] === '1';
}

function isOnPath(program: string): boolean {
  const directories = (process.env['PATH'] ?? '').split(delimiter);
  return directories.some((directory) => isExecutable(join(directory, program)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
