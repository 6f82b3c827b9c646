import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const COMPILED_WITHIN_MS = 60_000;
/** Names its own thread, where the package names that of the last build. */
const PACKAGE = {
  type: 'module',
  imports: { '#slot-thread': './worker/tasks/slot-thread.js' },
};

/**
 * Has `src` compiled before the tests of this file, for those that need real processes or threads,
 * and removed after them. Returns where: below `node_modules`, so that packages are found from it.
 */
export function compileSources(): string {
  const cache = join(ROOT, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const directory = mkdtempSync(join(cache, 'muster-test-'));
  beforeAll(() => {
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const options = ['--noCheck', '--declaration', 'false', '--sourceMap', 'false'];
    const args = [tsc, '-p', join(ROOT, 'tsconfig.json'), '--outDir', directory, ...options];
    execFileSync(process.execPath, args);
    writeFileSync(join(directory, 'package.json'), JSON.stringify(PACKAGE));
  }, COMPILED_WITHIN_MS);
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}
