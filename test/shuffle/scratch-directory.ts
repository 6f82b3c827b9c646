import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** An empty directory for the tests of a file. Returns a maker of fresh paths in it. */
export function scratchDirectory(): { path: () => string; fresh: (name: string) => string } {
  let directory = '';
  let made = 0;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'muster-shuffle-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));
  return { path: () => directory, fresh: (name) => join(directory, `${made++}-${name}`) };
}
