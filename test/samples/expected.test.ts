import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { describe, expect, it, onTestFinished } from 'vitest';
import { needsPrograms } from '../needs.ts';
import { REPOSITORY, runShell } from './run-shell.ts';

const SAMPLES = join(REPOSITORY, 'samples');

describe('make-expected.sh', () => {
  it('makes exactly the expected files that are in the repository', async (context) => {
    needsPrograms(context, 'perl', 'python3');
    const made = await runInto('./make-expected.sh "$TO"');
    await expectSameFiles(made, '*/expected/*');
  });
});

describe('make-data.py', () => {
  it('makes exactly the data that are in the repository', async (context) => {
    needsPrograms(context, 'python3');
    const made = await runInto('./make-data.py "$TO"');
    await expectSameFiles(made, '*/*.{csv,log}', 'inverted-index/documents/*');
  });
});

/** Runs a script of the samples that writes to a new directory, and gives that. */
async function runInto(script: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'muster-expected-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await runShell(script, '', { TO: directory });
  return directory;
}

async function expectSameFiles(made: string, ...patterns: readonly string[]): Promise<void> {
  const find = (cwd: string) => globSync([...patterns], { cwd }).toSorted();
  const names = find(made);
  expect(names.length).toBeGreaterThan(3);
  expect(find(SAMPLES)).toEqual(names);
  for (const name of names) {
    const bytes = await readFile(join(made, name), 'latin1');
    expect(await readFile(join(SAMPLES, name), 'latin1'), name).toBe(bytes);
  }
}
