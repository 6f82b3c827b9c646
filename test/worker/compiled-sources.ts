import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/**
 * Compiles `src` into a directory of its own, for tests that need real processes or threads, and
 * returns that directory. It lies below `node_modules` so that packages are found from it.
 */
export function compileSources(): string {
  const cache = join(ROOT, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const directory = mkdtempSync(join(cache, 'muster-test-'));
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const options = ['--noCheck', '--declaration', 'false', '--sourceMap', 'false'];
  const args = [tsc, '-p', join(ROOT, 'tsconfig.json'), '--outDir', directory, ...options];
  execFileSync(process.execPath, args);
  return directory;
}
