import {
  appendFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { rulesOf } from '../../../src/protocol/job-spec.ts';
import { needsPrograms } from '../../needs.ts';
import { filter } from '../../inputs/piece-bench.ts';
import { TaskBench } from './task-bench.ts';

const KINDS = [
  ['gz', 'gzip'],
  ['bz2', 'bzip2'],
  ['zst', 'zstd'],
] as const;

describe.each(KINDS)('a map attempt on a .%s file', (suffix, program) => {
  const compress = (text: string): Buffer => filter(program, ['-c'], Buffer.from(text));
  const TEXT = Array.from({ length: 50_000 }, (_, line) => `line ${String(line)}\n`).join('');

  it.for(['cat', 'identity'])('gives %s what was compressed', async (mapper, context) => {
    needsPrograms(context, program);
    const bench = new TaskBench();
    const pieces = [
      bench.input(`a.${suffix}`, compress('a\nb')),
      bench.input(`b.${suffix}`, compress(TEXT)),
    ];
    const { statistics } = await bench.succeed(bench.mapOrder({ mapper, pieces }));
    expect(bench.part('map-00000.1')).toBe(`a\nb\n${TEXT}`);
    // Compressed, as it was planned.
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    expect(statistics).toMatchObject({ input_bytes: bytes, input_records: 50_002 });
  });

  it('succeeds when the mapper stops reading early', async (context) => {
    needsPrograms(context, program);
    const bench = new TaskBench();
    const pieces = [bench.input(`a.${suffix}`, compress(TEXT))];
    await bench.succeed(bench.mapOrder({ mapper: 'head -n 1', pieces }));
    expect(bench.part('map-00000.1')).toBe('line 0\n');
  });

  it.for(['cat', 'identity', 'sh -c "cat >/dev/null; exit 3"'])(
    'fails by name, charged, when the file is cut short under %s',
    async (mapper, context) => {
      needsPrograms(context, program);
      const bench = new TaskBench();
      const piece = bench.input(`a.${suffix}`, compress(TEXT).subarray(0, -5));
      const failure = await bench.fail(bench.mapOrder({ mapper, pieces: [piece] }));
      expect(failure).toMatchObject({ outcome: 'failed', input: { path: piece.path } });
      expect(failure.cause.text).toMatch(`Cannot decompress "${piece.path}": `);
      expect(existsSync(join(bench.staging, 'attempts/map-00000.1'))).toBe(false);
    },
  );
});

describe('a Worker without the program that decompresses', () => {
  it.each(['bz2', 'zst'])('is unfit for a job that reads .%s', async (suffix) => {
    const bench = new TaskBench({ path: pathWith('cat', 'sh', 'mkfifo') });
    const pieces = [bench.input('a', 'plain\n'), bench.input(`b.${suffix}`, 'x')];
    const failure = await bench.fail(bench.mapOrder({ pieces }));
    const program = suffix === 'bz2' ? 'bzip2' : 'zstd';
    const text = `Cannot read "${bench.directory}/b.${suffix}": the program "${program}" is not on the PATH of this machine`;
    expect(failure).toMatchObject({ outcome: 'cannot_start', cause: { text } });
    expect(bench.events.map(({ type }) => type)).not.toContain('started');
  });

  it('reads .gz all the same', async () => {
    const bench = new TaskBench({ path: pathWith('cat', 'sh', 'mkfifo') });
    await bench.succeed(bench.mapOrder({ pieces: [bench.input('a.gz', gzipSync('x\n'))] }));
    expect(bench.part('map-00000.1')).toBe('x\n');
  });

  /** A directory with these programs alone. */
  function pathWith(...programs: readonly string[]): string {
    const directory = join(new TaskBench().directory, 'bin');
    mkdirSync(directory);
    for (const name of programs) {
      symlinkSync(
        String(filter('sh', ['-c', `command -v ${name}`], Buffer.of())).trim(),
        join(directory, name),
      );
    }
    return directory;
  }
});

describe('one process for all pieces of a task', () => {
  const rules = rulesOf({
    input_directory: '/in',
    output_directory: '/out',
    mapper_executable: 'cat',
    one_process: true,
  });

  it.each(['cat', 'identity'])(
    'never glues lines of two files together with %s',
    async (mapper) => {
      const bench = new TaskBench();
      const pieces = [
        bench.input('a', 'a\nb'),
        bench.input('b', ''),
        bench.input('c.gz', gzipSync('c')),
        bench.input('d', 'd\n'),
        bench.input('e', 'e'),
        bench.input('f', ''),
      ];
      const order = bench.mapOrder({ mapper, pieces, rules, last_map: true });
      const { statistics } = await bench.succeed(order);
      expect(bench.part('map-00000.1')).toBe('a\nb\nc\nd\ne');
      const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
      expect(statistics).toMatchObject({ input_bytes: bytes, input_records: 5 });
    },
  );

  it('is one process, which no single file is named to', async () => {
    const bench = new TaskBench();
    const pieces = [bench.input('a', 'a\n'), bench.input('b', 'b\n')];
    const mapper = `sh -c 'echo start; cat; env | grep -c ^mapreduce_map_input_; true'`;
    await bench.succeed(bench.mapOrder({ mapper, pieces, rules }));
    expect(bench.part('map-00000.1')).toBe('start\na\nb\n0\n');
  });

  it('may stop anywhere, also with more files to come', async () => {
    const bench = new TaskBench();
    const pieces = [bench.input('a', 'x\n'), bench.input('b.gz', gzipSync('y\n'.repeat(500_000)))];
    pieces.push(bench.input('c', 'c'));
    await bench.succeed(bench.mapOrder({ mapper: 'head -n 1', pieces, rules }));
    expect(bench.part('map-00000.1')).toBe('x\n');
  });

  it('fails by the name of the file that cannot be read', async () => {
    const bench = new TaskBench();
    const pieces = [bench.input('a', 'a\n'), bench.input('b.gz', 'plain'), bench.input('c', 'c')];
    expect(await bench.fail(bench.mapOrder({ pieces, rules }))).toMatchObject({
      outcome: 'failed',
      cause: {
        text: `Cannot decompress "${bench.directory}/b.gz": it is not compressed with gzip`,
      },
      input: { path: `${bench.directory}/b.gz` },
    });
  });

  it('that fails by itself blames no single file', async () => {
    const bench = new TaskBench();
    const pieces = [bench.input('a', 'a\n'), bench.input('b', 'b\n')];
    const order = bench.mapOrder({ mapper: 'sh -c "cat; exit 3"', pieces, rules });
    expect(await bench.fail(order)).toMatchObject({ input: null, cause: { exit_code: 3 } });
  });
});

describe('a compressed file', () => {
  it('that has grown is read as planned, and the rest is counted', async () => {
    const bench = new TaskBench();
    const piece = bench.input('a.gz', gzipSync('planned\n'));
    const more = gzipSync('later\n');
    appendFileSync(piece.path, more);
    const { statistics } = await bench.succeed(bench.mapOrder({ pieces: [piece] }));
    expect(bench.part('map-00000.1')).toBe('planned\n');
    expect(statistics).toMatchObject({
      input_bytes: piece.length,
      ignored_input_bytes: more.length,
    });
  });

  it('that was replaced is no damaged file', async () => {
    const bench = new TaskBench();
    const piece = bench.input('a.gz', gzipSync('planned\n'));
    writeFileSync(`${piece.path}.new`, gzipSync('another file\n'));
    renameSync(`${piece.path}.new`, piece.path);
    expect(await bench.fail(bench.mapOrder({ pieces: [piece] }))).toMatchObject({
      outcome: 'input_changed',
      cause: { text: `Input "${piece.path}" changed while the job ran` },
    });
  });
});
