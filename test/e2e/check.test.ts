import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratch } from './cluster.ts';
import { checkOnVisits, named, WRONG_JOBS } from './check-programs.ts';

/** `--check` with real programs; most of it is in test/full. */

describe('mapreduce-submit --check', { timeout: 120_000 }, () => {
  it('finds what is wrong, and says it to programs too', async () => {
    const { job } = named(WRONG_JOBS, 'a mean of means');
    const outcome = await checkOnVisits(await scratch(), '--json', '--quiet', ...job);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(/^Broken by the combiner: the combiner is not associative\n/);
    const document = JSON.parse(outcome.stdout) as { findings: readonly unknown[] };
    expect(document).toMatchObject({ schema_version: 1, outcome: 'broken' });
    expect(document.findings).toMatchObject([
      { culprit: 'combiner', assumption: 'combiner_not_associative' },
    ]);
  });

  it('tells how a job fails by itself, with the input of the user', async () => {
    const directory = await scratch();
    const outcome = await checkOnVisits(
      directory,
      '-m',
      `sh -c 'echo oh >&2; exit 3'`,
      '-r',
      'sum',
    );
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain('cause     exit code 3\n');
    expect(outcome.stderr).toContain(`input     ${join(directory, 'visits.txt')}, bytes 0 to `);
    expect(outcome.stderr).toContain('stderr    oh\nNothing was written to standard output\n');
    expect(outcome.stderr).not.toContain('Broken');
  });
});
