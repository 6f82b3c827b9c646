import { accessSync, constants, existsSync } from 'node:fs';
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

/** Skips unless `npm run build` has been here; `npm test` does it by itself. */
export function needsBuild(context: TestContext): void {
  if (!isBuilt()) context.skip('needs the built programs: npm run build');
}

/** Whether `bin/` can run. */
export function isBuilt(): boolean {
  return existsSync(new URL('../dist/submit/main.js', import.meta.url));
}

/** Skips a test of many seconds, or one that uses the network, unless `.ci/run` runs it. */
export function needsFullRun(context: TestContext): void {
  if (process.env['MUSTER_FULL_TESTS'] !== '1') context.skip('slow: runs in .ci/run');
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
