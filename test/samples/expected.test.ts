import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { needsPrograms } from '../needs.ts';
import { REPOSITORY, runShell } from './run-shell.ts';

describe('make-expected.sh', () => {
  it('makes exactly the expected files that are in the repository', async (context) => {
    needsPrograms(context, 'perl');
    const directory = await mkdtemp(join(tmpdir(), 'muster-expected-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    await runShell('./make-expected.sh "$TO"', '', { TO: directory });
    const samples = join(REPOSITORY, 'samples');
    for (const folder of ['word-count/expected', 'grep/expected']) {
      const names = (await readdir(join(directory, folder))).toSorted();
      expect((await readdir(join(samples, folder))).toSorted()).toEqual(names);
      for (const name of names) {
        const made = await readFile(join(directory, folder, name), 'latin1');
        expect(await readFile(join(samples, folder, name), 'latin1'), name).toBe(made);
      }
    }
  });
});
