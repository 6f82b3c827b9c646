import { createWriteStream } from 'node:fs';
import {
  appendFile,
  copyFile,
  mkdir,
  readdir,
  rename,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Cluster, scratch } from '../e2e/cluster.ts';
import { commandLine, descendants, peakBytes } from '../e2e/processes.ts';
import { parts, shell } from '../e2e/shell.ts';
import { needsFullRun } from '../needs.ts';

/** Data of a size or shape that nobody plans for. */

const MIB = 1024 * 1024;
const BUFFER_MIB = 64;
const SLOTS = 2;

function smallBuffers(): Promise<Cluster> {
  return Cluster.start({
    workers: [['--slots', String(SLOTS), '--sort-buffer', `${String(BUFFER_MIB)}M`]],
  });
}

/** Peak of the Worker and its guard, without the programs that it ran. */
function workerPeakBytes(cluster: Cluster): number {
  const worker = cluster.workers[0]?.pid ?? 0;
  const own = [worker, ...descendants(worker).filter((pid) => !commandLine(pid).includes('awk'))];
  return own.reduce((sum, pid) => sum + peakBytes(pid), 0);
}

describe('one key with ten million values', () => {
  // Four maps of two and a half million each; most values are written several times.
  const VALUES = '{ for (i = 0; i < 2500000; i++) print "k\\t" (i * 7919 + $1) % 1000003 }';

  it.for([
    { what: 'in the order of the input', options: [], sort: 'cat' },
    { what: 'in byte order', options: ['--sort-values'], sort: 'LC_ALL=C sort' },
  ])(
    'reach the reducer $what, in bounded memory',
    { timeout: 900_000 },
    async ({ options, sort }, context) => {
      needsFullRun(context);
      const cluster = await smallBuffers();
      const directory = await scratch();
      await writeFile(join(directory, 'in'), '1\n2\n3\n4\n');
      await writeFile(join(directory, 'values.awk'), VALUES);
      const job = ['-i', 'in', '-o', 'out', '-m', 'awk -f values.awk', '-r', 'sha256sum'];
      const shape = ['--num-reducers', '1', '--split-size', '1', ...options];
      const outcome = await cluster.submit([...job, ...shape], { cwd: directory });
      expect(outcome.code, outcome.stderr).toBe(0);
      const expected = shell(`awk -f values.awk in | ${sort} | sha256sum`, directory);
      expect(parts(join(directory, 'out'))).toBe(expected);
      const bound = SLOTS * BUFFER_MIB * MIB + 100e6 + SLOTS * 15e6;
      expect(workerPeakBytes(cluster)).toBeLessThanOrEqual(bound);
    },
  );
});

describe('a record', () => {
  const LIMIT = 64 * MIB;

  /** A file of a short line, one of `bytes`, and another short one. */
  async function writeLong(path: string, bytes: number): Promise<void> {
    const file = createWriteStream(path);
    file.write('a\t1\nkey\t');
    for (let left = bytes - 4; left > 0; left -= MIB) {
      if (!file.write('x'.repeat(Math.min(left, MIB)))) await once(file, 'drain');
    }
    file.end('\nz\t2\n');
    await once(file, 'close');
  }

  it('of 64 MiB comes through every kind of job', { timeout: 600_000 }, async (context) => {
    needsFullRun(context);
    const cluster = await smallBuffers();
    const directory = await scratch();
    await writeLong(join(directory, 'in'), LIMIT);
    const kinds = [
      [],
      ['--sort-values', '--combiner', 'cat'],
      ['--key-fields', '0'],
      ['--total-order'],
    ];
    for (const [index, kind] of kinds.entries()) {
      const output = `out-${String(index)}`;
      const job = ['-i', 'in', '-o', output, '-m', 'cat', '-r', 'cat', '--num-reducers', '1'];
      const outcome = await cluster.submit([...job, ...kind], { cwd: directory });
      expect(outcome.code, `${kind.join(' ')}\n${outcome.stderr}`).toBe(0);
      expect(shell(`cmp in ${output}/part-00000 && echo same`, directory)).toBe('same\n');
    }
  });

  it('a byte longer fails by name', { timeout: 300_000 }, async (context) => {
    needsFullRun(context);
    const cluster = await smallBuffers();
    const directory = await scratch();
    await writeLong(join(directory, 'in'), LIMIT + 1);
    const job = ['-i', 'in', '-o', 'out', '-m', 'cat', '-r', 'cat', '--max-attempts', '1'];
    const outcome = await cluster.submit(job, { cwd: directory });
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(
      /record longer than 67108864 bytes; it begins "key\\tx+": raise --max-record/,
    );
    expect(await readdir(directory)).toEqual(['in']);
    const raised = await cluster.submit([...job, '--max-record', '65M'], { cwd: directory });
    expect(raised.code, raised.stderr).toBe(0);
  });
});

describe('hardly any input', () => {
  it('more reducers than keys leaves parts empty', { timeout: 120_000 }, async (context) => {
    needsFullRun(context);
    const cluster = await smallBuffers();
    const directory = await scratch();
    await writeFile(join(directory, 'in'), 'b\na\nb');
    for (const order of [[], ['--total-order']]) {
      const job = ['-i', 'in', '-o', 'out', '-m', 'cat', '-r', 'count', '--overwrite', ...order];
      const outcome = await cluster.submit([...job, '--num-reducers', '40'], { cwd: directory });
      expect(outcome.code, outcome.stderr).toBe(0);
      const names = await readdir(join(directory, 'out'));
      expect(names.filter((name) => name.startsWith('part-'))).toHaveLength(40);
      expect(parts(join(directory, 'out')).split('\n').toSorted()).toEqual(['', 'a\t1', 'b\t2']);
    }
  });

  it('none at all gives empty parts, and says so', { timeout: 120_000 }, async (context) => {
    needsFullRun(context);
    const cluster = await smallBuffers();
    const directory = await scratch();
    await mkdir(join(directory, 'nothing'));
    await writeFile(join(directory, 'empty'), '');
    await writeFile(join(directory, 'empty.gz'), shell(': | gzip', directory), 'latin1');
    for (const input of ['nothing', 'empty', 'empty.gz']) {
      for (const order of [[], ['--total-order'], ['--one-process', '--sort-values']]) {
        // A reducer that would tell of every line that it reads.
        const job = ['-i', input, '-o', 'out', '-m', 'cat', '-r', 'cat -n', '--overwrite'];
        const shape = ['--num-reducers', '2', ...order];
        const outcome = await cluster.submit([...job, ...shape], { cwd: directory });
        expect(outcome.code, outcome.stderr).toBe(0);
        expect(parts(join(directory, 'out'))).toBe('');
        if (input === 'nothing') expect(outcome.stderr).toContain('is a directory without files');
      }
    }
  });
});

/** The mapper has read one line and waits; most of its input is still to be read. */
describe('a file that, while a mapper is reading it,', () => {
  const LINES = 400_000;

  async function reading() {
    const cluster = await Cluster.start({ workers: [['--slots', '1']] });
    const directory = await scratch();
    const input = join(directory, 'log');
    const text = Array.from({ length: LINES }, (_, line) => `line ${String(line)}\n`).join('');
    await writeFile(input, text);
    const [seen, gate] = [join(directory, 'seen'), join(directory, 'gate')];
    const mapper = `read -r line; echo "$line"; echo > ${seen}; cat ${gate} >&2; exec cat`;
    shell(`mkfifo ${seen} ${gate}`);
    const job = ['-i', input, '-o', 'out', '-r', 'cat', '--num-reducers', '1', '--key-fields', '0'];
    const client = cluster.submitting(
      [...job, '-m', mapper, '--shell', '--split-size', '1G', '--max-attempts', '2', '--json'],
      { cwd: directory },
    );
    // Opening a FIFO waits for the other end.
    shell(`timeout 60 cat ${seen}`);
    const sorted = `${text.trimEnd().split('\n').toSorted().join('\n')}\n`;
    return { directory, input, sorted, client, goOn: () => shell(`echo > ${gate}`) };
  }

  it('is rotated stays open, and is read to its end', { timeout: 120_000 }, async (context) => {
    needsFullRun(context);
    const at = await reading();
    await rename(at.input, `${at.input}.1`);
    await writeFile(at.input, 'a new day\n');
    at.goOn();
    expect(await at.client.exited, at.client.stderr).toBe(0);
    expect(parts(join(at.directory, 'out'))).toBe(at.sorted);
  });

  it('is cut short fails the job by name', { timeout: 120_000 }, async (context) => {
    needsFullRun(context);
    const at = await reading();
    await copyFile(at.input, `${at.input}.1`);
    await truncate(at.input);
    at.goOn();
    expect(await at.client.exited, at.client.stderr).toBe(1);
    expect(at.client.stderr).toContain(`Input "${at.input}" changed while the job ran`);
  });

  it('grows is read to its planned end', { timeout: 120_000 }, async (context) => {
    needsFullRun(context);
    const at = await reading();
    await appendFile(at.input, 'more\n'.repeat(1000));
    at.goOn();
    expect(await at.client.exited, at.client.stderr).toBe(0);
    expect(parts(join(at.directory, 'out'))).toBe(at.sorted);
    expect(at.client.stderr).toContain('5000 bytes past its planned end were ignored');
  });
});
