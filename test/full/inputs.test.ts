import { constants, watch } from 'node:fs';
import { mkdir, open, readdir, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { needsFullRun, needsPrograms } from '../needs.ts';
import { BIN, Cluster, command, run, scratch, sharedCluster } from '../e2e/cluster.ts';
import { parts, shell, sortedLines } from '../e2e/shell.ts';

/** What a job may read, from the command line to the parts. */

const cluster = sharedCluster({ workers: [['--slots', '2']] });

interface Place {
  readonly directory: string;
  /** Where temporary files go. */
  readonly temporary: string;
  /** Runs a line of bash there that knows our commands. */
  readonly bash: (line: string) => string;
}

async function place(): Promise<Place> {
  const directory = await scratch();
  const temporary = join(directory, 'tmp');
  await mkdir(temporary);
  const setting = `export TMPDIR='${temporary}'; PATH='${BIN}':"$PATH";`;
  return { directory, temporary, bash: (line) => shell(`${setting} ${line}`, directory) };
}

beforeEach(needsFullRun);

describe('a local job on', () => {
  it('standard input is a part of a pipeline', async () => {
    const { directory, temporary, bash } = await place();
    await writeFile(join(directory, 'x.gz'), gzipSync('a\t2\nb\t1\na\t3\n'));
    const job = 'mapreduce-submit --local -i - -m cat -r sum -q';
    expect(bash(`zcat x.gz | ${job} | sort -k2nr | head -n 1`)).toBe('a\t5\n');
    expect(bash(`: | ${job} | wc -l`).trim()).toBe('0');
    expect(await readdir(temporary)).toEqual([]);
  });

  it('what a shell substitutes names it as it was given', async () => {
    const { temporary, bash } = await place();
    const job = `mapreduce-submit --local --slots 1 -i <(echo a) <(echo b) -r count`;
    expect(bash(`${job} -q -m cat | sort`)).toBe('a\t1\nb\t1\n');
    const failing = bash(`${job} --max-attempts 1 -m 'grep z' 2>&1 >/dev/null || echo "code $?"`);
    expect(failing).toMatch(/input +\/dev\/fd\/\d+, bytes 0 to 2/);
    expect(failing).toMatch(/code 1\n$/);
    expect(await readdir(temporary)).toEqual([]);
  });

  it('a stream leaves no file when it is interrupted', async () => {
    const { directory, temporary, bash } = await place();
    bash('mkfifo fifo');
    // A writer that writes nothing.
    const writer = await open(join(directory, 'fifo'), constants.O_RDWR);
    try {
      const watcher = watch(temporary);
      const args = ['--local', '-i', 'fifo', '-m', 'cat', '-r', 'sum'];
      const env = { TMPDIR: temporary };
      const client = command('mapreduce-submit', args, { cwd: directory, env });
      await once(watcher, 'change');
      watcher.close();
      client.signal('SIGINT');
      expect(await client.exited).toBe(130);
      expect(client.stderr).toBe('Interrupted: nothing was submitted\n');
      expect(await readdir(temporary)).toEqual([]);
    } finally {
      await writer.close();
    }
  });
});

describe('without --local', () => {
  it.each(['-', '/dev/stdin', 'fifo'])('%s is refused with the hint', async (input) => {
    const { directory, bash } = await place();
    bash('mkfifo fifo');
    const args = ['-i', input, '-o', 'out', '-m', 'cat', '-r', 'sum'];
    const outcome = await cluster().submit(args, { cwd: directory, input: 'x\n' });
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain(`Cannot read input "${input}": `);
    expect(outcome.stderr).toContain('add --local, which reads it first');
  });
});

describe('a job', () => {
  it('descends, decompresses, and joins what one process reads', async () => {
    const { directory } = await place();
    await mkdir(join(directory, 'in/2024/07'), { recursive: true });
    await writeFile(join(directory, 'in/a'), 'a');
    await writeFile(
      join(directory, 'in/2024/b.gz'),
      Buffer.concat([gzipSync('b\n'), gzipSync('c')]),
    );
    await writeFile(join(directory, 'in/2024/07/d'), 'd\n');
    await writeFile(join(directory, 'in/2024/_e'), 'e\n');
    const args = [
      '-i',
      'in',
      '--recursive',
      '--one-process',
      '-m',
      'cat -n',
      '--num-reducers',
      '0',
    ];
    const outcome = await cluster().submit([...args, '-o', 'out', '--num-mappers', '1'], {
      cwd: directory,
    });
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(outcome.stderr).toContain('Skipped in input');
    expect(outcome.stderr).toContain('(hidden): "2024/_e"');
    const text = parts(join(directory, 'out')).replaceAll(/ +/g, '');
    expect(text).toBe('1\td\n2\tb\n3\tc\n4\ta');
  });

  it('that reads a truncated file fails by its name, after all attempts', async () => {
    const { directory } = await place();
    await writeFile(join(directory, 'x.gz'), gzipSync('some words\n'.repeat(9)).subarray(0, -5));
    const args = ['-i', 'x.gz', '-o', 'out', '-m', 'cat', '-r', 'cat', '--max-attempts', '2'];
    const outcome = await cluster().submit(args, { cwd: directory });
    expect(outcome.code).toBe(1);
    const name = join(directory, 'x.gz');
    expect(outcome.stderr).toContain('map-00000 failed 2 times');
    expect(outcome.stderr).toContain(`Cannot decompress "${name}": it ends too early`);
    expect(await readdir(directory)).toEqual(['tmp', 'x.gz']);
  });

  it('takes more names than a message holds, and forgets their list', async () => {
    const { directory } = await place();
    const names = Array.from({ length: 1200 }, (_, index) => `${'n'.repeat(200)}-${String(index)}`);
    await Promise.all(names.map((name) => writeFile(join(directory, name), 'x')));
    const job = ['-i', ...names, '-m', 'cat', '-r', 'count', '--one-process'];
    const dry = await cluster().submit([...job, '--dry-run'], { cwd: directory });
    expect(dry.stderr).toContain('in 1,200 files');
    const outcome = await cluster().submit([...job, '-o', 'out'], { cwd: directory });
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(sortedLines(parts(join(directory, 'out')))).toEqual(['', 'x\t1200']);
    expect(await readdir(join(cluster().sharedDirectory, 'files'))).toEqual([]);
  });
});

describe('a Worker without the program that decompresses', () => {
  it('fails the job when it is the only one', async (context) => {
    needsPrograms(context, 'bzip2');
    const { directory, bash } = await place();
    bash('mkdir bin; for name in node mkfifo sh; do ln -s "$(command -v $name)" bin; done');
    bash('echo x | bzip2 > x.bz2');
    const poor = await Cluster.start({
      workers: [['--slots', '1']],
      env: { PATH: join(directory, 'bin') },
    });
    const args = ['-i', 'x.bz2', '-o', 'out', '-m', 'identity', '-r', 'identity'];
    const outcome = await poor.submit(args, { cwd: directory });
    expect(outcome.code).toBe(1);
    const cause = `Cannot read "${join(directory, 'x.bz2')}": the program "bzip2" is not on the PATH of this machine`;
    expect(outcome.stderr).toContain(`${cause} (on the only Worker)`);
  });
});

it('standard input is refused when it is named twice', async () => {
  const args = ['--local', '-i', '-', '-i', '-', '-m', 'cat', '-r', 'sum'];
  const outcome = await run('mapreduce-submit', args, { input: 'x\n' });
  expect(outcome).toMatchObject({ code: 2, stdout: '' });
  expect(outcome.stderr).toContain('Cannot read input "-" twice');
});
