import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { TaskBench } from './task-bench.ts';

describe('a map-only attempt', () => {
  it('gives the part that the mapper wrote, and says what it did', async () => {
    const bench = new TaskBench();
    const pieces = [bench.input('a', 'x\ny\n')];
    const { outputs, statistics } = await bench.succeed(
      bench.mapOrder({ mapper: `sed 's/$/!/'`, pieces }),
    );
    expect(bench.part('map-00000.1')).toBe('x!\ny!\n');
    expect(outputs).toEqual([{ name: 'part', bytes: 6, records: 2, crc32: crc32('x!\ny!\n') }]);
    expect(statistics).toMatchObject({
      input_bytes: 4,
      input_records: 2,
      output_bytes: 6,
      output_records: 2,
      spills: 0,
      ignored_input_bytes: 0,
    });
    expect(statSync(join(bench.staging, 'attempts/map-00000.1/part')).mode & 0o777).toBe(0o640);
  });

  it('runs one process for each piece and names the piece to it', async () => {
    const bench = new TaskBench();
    const whole = bench.input('a', 'one\ntwo\nthree\n');
    const pieces = [bench.piece(whole.path, 4, 4), bench.input('b', 'four')];
    const mapper = `sh -c 'echo "$mapreduce_map_input_file" "$mapreduce_map_input_start" "$mapreduce_map_input_length"; cat'`;
    await bench.succeed(bench.mapOrder({ mapper, pieces }));
    const at = (name: string): string => join(bench.directory, name);
    expect(bench.part('map-00000.1')).toBe(`${at('a')} 4 4\ntwo\n${at('b')} 0 4\nfour\n`);
  });

  it.each(['cat', 'identity'])(
    'never glues lines of two files together with %s',
    async (mapper) => {
      const bench = new TaskBench();
      const pieces = [bench.input('a', 'a'), bench.input('b', ''), bench.input('c', 'c')];
      await bench.succeed(bench.mapOrder({ mapper, pieces }));
      expect(bench.part('map-00000.1')).toBe('a\nc\n');
      await bench.succeed(bench.mapOrder({ mapper, pieces, task_index: 1, last_map: true }));
      expect(bench.part('map-00001.1')).toBe('a\nc');
    },
  );

  it('that goes well leaves no directory of its own and no empty one for side files', async () => {
    const bench = new TaskBench();
    await bench.succeed(bench.mapOrder({ pieces: [bench.input('a', 'x\n')] }));
    expect(readdirSync(bench.slotDirectory)).toEqual(['fifos']);
    expect(readdirSync(join(bench.staging, 'attempts/map-00000.1'))).toEqual(['part']);
  });

  it('lists the side files of its programs', async () => {
    const bench = new TaskBench();
    const mapper = `sh -c 'printf "1\\n2\\n" > "$mapreduce_task_output_dir/extra.txt"; cat'`;
    const { outputs } = await bench.succeed(
      bench.mapOrder({ mapper, pieces: [bench.input('a', 'x\n')] }),
    );
    expect(outputs[1]).toEqual({
      name: 'side/extra.txt',
      bytes: 4,
      records: 2,
      crc32: crc32('1\n2\n'),
    });
    const path = join(bench.staging, 'attempts/map-00000.1/side/extra.txt');
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it('has the shipped files in its working directory and finds its program there first', async () => {
    const bench = new TaskBench();
    const files = [
      bench.ship('sort', '#!/bin/sh\ncat lib/words.txt; exec cat\n'),
      bench.ship('lib/words.txt', 'shipped\n', 0o600),
    ];
    const order = bench.mapOrder({ mapper: 'sort', files, pieces: [bench.input('a', 'x\n')] });
    await bench.succeed(order);
    expect(bench.part('map-00000.1')).toBe('shipped\nx\n');
    expect(bench.log(order)).toMatch(/^mapper: .*\/job-0007-map-00000\.1\/sort\n$/);
  });
});

describe('what an attempt says on stderr', () => {
  it('is counted, shown as status and logged under what the command resolved to', async () => {
    const bench = new TaskBench();
    const script = `echo reporter:counter:g,n,9007199254740993 >&2; echo reporter:status:busy >&2; echo note >&2; cat`;
    const pieces = [bench.input('a', 'x\n'), bench.input('b', 'y\n')];
    const order = bench.mapOrder({ mapper: `sh -c '${script}'`, pieces });
    const { counters } = await bench.succeed(order);
    expect(counters).toEqual([{ group: 'g', name: 'n', value: '18014398509481986' }]);
    expect(bench.log(order)).toMatch(/^mapper: \/.*\/sh -c '.*'\nnote\nnote\n$/);
    // On a busy machine there is progress before the last of it.
    const types = new Set(bench.events.map((event) => event.type));
    expect([...types]).toEqual(['started', 'progress', 'ended']);
    expect(bench.events.at(-2)).toEqual({
      type: 'progress',
      bytesRead: 4,
      bytesWritten: 4,
      status: 'busy',
    });
  });

  it('fails the attempt when it counts under too many names', async () => {
    const bench = new TaskBench();
    const mapper = `awk 'BEGIN { for (i = 0; i < 300; i++) print "reporter:counter:g,n" i ",1" > "/dev/stderr" }'`;
    const failure = await bench.fail(bench.mapOrder({ mapper, pieces: [bench.input('a', 'x\n')] }));
    expect(failure.outcome).toBe('failed');
    expect(failure.cause.text).toMatch(/^more than 200 counters: "g,n200"/);
  });
});

describe('a map attempt that does not succeed', () => {
  it('says what failed, on which input, with the last lines of stderr, and leaves nothing', async () => {
    const bench = new TaskBench();
    const pieces = [bench.input('a', 'x\n'), bench.input('b', 'bad\n')];
    const mapper = `sh -c 'if grep bad; then echo giving up >&2; exit 3; fi'`;
    const order = bench.mapOrder({ mapper, pieces, reduces: 2 });
    const failure = await bench.fail(order);
    expect(failure).toMatchObject({
      outcome: 'failed',
      cause: { text: 'exit code 3', exit_code: 3, signal: null },
      role: 'mapper',
      reproduce: `sh -c 'if grep bad; then echo giving up >&2; exit 3; fi'`,
      stderr_tail: ['giving up'],
      input: { path: join(bench.directory, 'b'), start: 0, length: 4 },
      bad_run: null,
    });
    expect(failure.command).toMatch(/^\/.*\/sh -c 'if grep bad/);
    expect(readdirSync(join(bench.staging, 'attempts'))).toEqual([]);
    expect(readdirSync(join(bench.jobDirectory, 'map'))).toEqual([]);
    expect(readdirSync(bench.slotDirectory)).toEqual(['fifos']);
    expect(bench.log(order)).toContain('giving up\n');
  });

  it.each([
    ['sh -c "kill -SEGV $$"'.replace('$$', '\\$\\$'), 'killed by SIGSEGV (segmentation fault)'],
    ['sh -c nosuch', 'exit code 127: "nosuch" was not found on this Worker'],
    ['sum', 'Cannot use the built-in "sum" as mapper'],
  ])('%s fails', async (mapper, text) => {
    const bench = new TaskBench();
    const failure = await bench.fail(bench.mapOrder({ mapper, pieces: [bench.input('a', 'x\n')] }));
    expect([failure.outcome, failure.cause.text]).toEqual(['failed', text]);
  });

  it('times out when its program does nothing', async () => {
    const bench = new TaskBench();
    const failure = await bench.fail(
      bench.mapOrder({
        mapper: 'sleep 1000',
        task_timeout_ms: 50,
        pieces: [bench.input('a', 'x\n')],
      }),
    );
    expect(failure).toMatchObject({
      outcome: 'failed',
      cause: { text: 'timed out: neither read, wrote nor reported for 0.05s (--task-timeout)' },
    });
  });

  it('cannot start a program that this Worker does not have', async () => {
    const bench = new TaskBench();
    const failure = await bench.fail(
      bench.mapOrder({ mapper: 'nosuch -x', pieces: [bench.input('a', 'x\n')] }),
    );
    expect(failure).toMatchObject({
      outcome: 'cannot_start',
      cause: { text: 'Cannot start "nosuch" on this Worker: not found on its PATH' },
      command: 'nosuch -x',
    });
    expect(bench.events.map((event) => event.type)).toEqual(['ended']);
  });

  it('cannot start a misspelt built-in, and asks whether it was meant', async () => {
    const bench = new TaskBench();
    const order = bench.mapOrder({ mapper: 'Identity', pieces: [bench.input('a', 'x\n')] });
    expect((await bench.fail(order)).cause.text).toMatch(
      /on its PATH; did you mean the built-in "identity"\?$/,
    );
  });

  it('is killed on request, with its program', async () => {
    const bench = new TaskBench();
    const abort = new AbortController();
    const order = bench.mapOrder({ mapper: 'sleep 1000', pieces: [bench.input('a', 'x\n')] });
    const result = await bench.run(order, {
      signal: abort.signal,
      onEvent: (event) => {
        if (event.type === 'started') abort.abort();
      },
    });
    expect(result).toEqual({ outcome: 'killed' });
    expect(readdirSync(join(bench.staging, 'attempts'))).toEqual([]);
  });

  it('is unfit where a file of the job cannot be had, or its staging directory is gone', async () => {
    const bench = new TaskBench();
    const order = bench.mapOrder({
      files: [bench.ship('f', 'x')],
      pieces: [bench.input('a', 'x\n')],
    });
    rmSync(join(bench.shared, 'files'), { recursive: true });
    const failure = await bench.fail(order);
    expect(failure.outcome).toBe('unfit');
    expect(failure.cause.text).toMatch(/^Cannot copyfile ".*": no such file or directory$/);
    rmSync(bench.staging, { recursive: true });
    expect((await bench.fail(order)).outcome).toBe('unfit');
    expect(existsSync(bench.staging)).toBe(false);
  });

  it.runIf(existsSync('/dev/full'))('is unfit where the storage is full', async () => {
    const bench = new TaskBench();
    const order = bench.mapOrder({ mapper: 'yes', pieces: [bench.input('a', 'x\n')], reduces: 1 });
    const full = Object.assign(new Error('write'), {
      code: 'ENOSPC',
      errno: -28,
      syscall: 'write',
    });
    bench.context.arena.lease = () => {
      throw full;
    };
    expect(await bench.fail(order)).toMatchObject({
      outcome: 'unfit',
      cause: { text: 'Cannot write: no space left on device' },
    });
  });
});
