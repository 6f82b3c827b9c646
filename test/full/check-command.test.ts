import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { command, run, scratch } from '../e2e/cluster.ts';
import { checkOnVisits, named, RIGHT_JOBS, visits } from '../e2e/check-programs.ts';
import { needsFullRun } from '../needs.ts';

/** `--check` as a command: what it says, what it reads, what it leaves. */

beforeEach(needsFullRun);

describe('mapreduce-submit --check', { timeout: 120_000 }, () => {
  it('passes what is right, writes nothing to the output and leaves nothing behind', async () => {
    const directory = await scratch();
    const output = join(directory, 'out');
    const { job } = named(RIGHT_JOBS, 'a sum with itself as combiner');
    const outcome = await checkOnVisits(directory, '-o', output, ...job);
    expect(outcome).toMatchObject({ code: 0, stdout: '' });
    expect(outcome.stderr).toMatch(/^Checking on a sample: 120 lines, .*, from 1 file of 1\n/);
    expect(outcome.stderr).toMatch(/\nNo assumption of MapReduce is broken on this sample\n$/);
    expect(await readdir(directory)).toEqual(['visits.txt']);
  });

  it('keeps the names of the inputs, which programs may look at', async () => {
    const directory = await scratch();
    await mkdir(join(directory, '2024'));
    await writeFile(join(directory, '2024/a'), 'x\ny\n');
    const mapper = `sh -c 'case $mapreduce_map_input_file in */2024/a) cat;; *) exit 9;; esac'`;
    const job = ['-i', join(directory, '20*'), '--check', '-m', mapper, '--num-reducers', '0'];
    const outcome = await run('mapreduce-submit', job, { env: { TMPDIR: directory } });
    expect(outcome).toMatchObject({ code: 0 });
  });

  it('takes the head of standard input, however much would come', async () => {
    const directory = await scratch();
    const input = visits(50_000);
    const job = ['-i', '-', '--check', '4K', '-m', `sh -c 'cat; exit 3'`, '--num-reducers', '0'];
    const outcome = await run('mapreduce-submit', job, { input, env: { TMPDIR: directory } });
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain('Checking on a sample: 152 lines, 4 KiB of 4 KiB, from 1 ');
    expect(outcome.stderr).toContain('\n  input     -, bytes 0 to 4096 ');
    expect(await readdir(directory)).toEqual([]);
  });

  it('stops at Ctrl-C and leaves nothing behind', async () => {
    const directory = await scratch();
    const input = join(directory, 'visits.txt');
    await writeFile(input, visits(10));
    const args = ['--check', '-i', input, '-m', 'cat', '-r', 'sleep 600'];
    const program = command('mapreduce-submit', args, { env: { TMPDIR: directory } });
    await program.said(/mapper, in many splits/);
    program.signal('SIGINT');
    expect(await program.exited).toBe(130);
    expect(program.stderr).toMatch(/\nInterrupted: nothing was checked\n$/);
    expect(await readdir(directory)).toEqual(['visits.txt']);
  });
});
