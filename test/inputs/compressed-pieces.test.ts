import { appendFileSync } from 'node:fs';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DecompressionError } from '../../src/inputs/input-errors.ts';
import { needsPrograms } from '../needs.ts';
import { filter, PieceBench } from './piece-bench.ts';

const TEXT = Array.from({ length: 60_000 }, (_, line) => `line ${String(line * 7919)}\n`).join('');
const KINDS = [
  ['gz', 'gzip'],
  ['bz2', 'bzip2'],
  ['zst', 'zstd'],
] as const;

function compressed(program: string, ...texts: readonly string[]): Buffer {
  return Buffer.concat(texts.map((text) => filter(program, ['-c'], Buffer.from(text))));
}

describe.each(KINDS)('a .%s file', (suffix, program) => {
  const name = `x.${suffix}`;

  it('is read whole, all members of it', async (context) => {
    needsPrograms(context, program);
    const bench = new PieceBench();
    const piece = bench.file(name, compressed(program, TEXT, '', 'second\n', 'third'));
    const reader = await bench.open(piece);
    const blocks: string[] = [];
    for (let block = await reader.next(); block; block = await reader.next()) {
      blocks.push(Buffer.from(block).toString());
    }
    expect(blocks.join('')).toBe(`${TEXT}second\nthird`);
    expect(reader).toMatchObject({ bytes: piece.length, records: 60_002, endsLine: false });
    await reader.close();
  });

  it('that is cut short gives no good end, and its name', async (context) => {
    needsPrograms(context, program);
    const bench = new PieceBench();
    const whole = compressed(program, TEXT);
    for (const length of [whole.length - 1, whole.length - 9, whole.length >> 1, 12, 3]) {
      const piece = bench.file(name, whole.subarray(0, length));
      const read = bench.read(piece);
      await expect(read).rejects.toThrow(DecompressionError);
      await expect(read).rejects.toThrow(/^Cannot decompress ".*\/x\.\w+": \S/);
    }
  });

  it('that is damaged gives no good end', async (context) => {
    needsPrograms(context, program);
    const bench = new PieceBench();
    const damaged = compressed(program, TEXT);
    const middle = damaged.length >> 1;
    damaged[middle] = (damaged[middle] ?? 0) ^ 0x55;
    await expect(bench.read(bench.file(name, damaged))).rejects.toThrow(DecompressionError);
  });

  it('that is not compressed at all is no input', async (context) => {
    needsPrograms(context, program);
    const bench = new PieceBench();
    await expect(bench.read(bench.file(name, 'plain\n'))).rejects.toThrow(DecompressionError);
    await expect(bench.read(bench.file(name, ''))).rejects.toThrow(DecompressionError);
  });

  it('is read no further than was planned', async (context) => {
    needsPrograms(context, program);
    const bench = new PieceBench();
    const piece = bench.file(name, compressed(program, 'planned\n'));
    appendFileSync(piece.path, compressed(program, 'later\n'));
    expect(String(await bench.read(piece))).toBe('planned\n');
  });

  it('may be left at any time, and nothing goes on', async (context) => {
    needsPrograms(context, program);
    const bench = new PieceBench();
    const piece = bench.file(name, compressed(program, TEXT.repeat(2)));
    const unread = await bench.open(piece);
    await unread.close();
    const reader = await bench.open(piece);
    await reader.next();
    const onTheWay = reader.next();
    await reader.close();
    await onTheWay;
    expect(await reader.next()).toBeUndefined();
    expect(reader.bytes).toBeLessThanOrEqual(piece.length);
    expect(bench.ended).toEqual(bench.started);
  });
});

describe('a gzip file', () => {
  it('may have as many small members as bgzip makes, and any size of read', async () => {
    const lines = TEXT.match(/.*\n/g) ?? [];
    const members = lines.slice(0, 200).map((line) => gzipSync(line));
    for (const bufferBytes of [64, 65_536]) {
      const bench = new PieceBench(bufferBytes);
      const piece = bench.file('x.gz', Buffer.concat(members));
      expect(String(await bench.read(piece))).toBe(lines.slice(0, 200).join(''));
    }
  });

  it('may have every optional part of a header', async () => {
    const bench = new PieceBench();
    const extra = Buffer.from([3, 0, 1, 2, 3]);
    const fields = [extra, Buffer.from('name\0comment\0'), Buffer.from([0xab, 0xcd])];
    const header = [Buffer.from([0x1f, 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 3]), ...fields];
    const trailer = gzipSync('text\n').subarray(-8);
    const member = Buffer.concat([...header, deflateRawSync('text\n'), trailer]);
    expect(String(await bench.read(bench.file('x.gz', member)))).toBe('text\n');
  });

  const BEHIND: readonly [string, Buffer][] = [
    ['zeros', Buffer.alloc(1000)],
    ['a word', Buffer.from('junk')],
    ['zeros and another member', Buffer.concat([Buffer.alloc(4), gzipSync('more\n')])],
    ['half a magic number', Buffer.from([0x1f, 0x20])],
    ['one byte of a header', Buffer.from([0x1f])],
    ['a header of no known method', Buffer.from([0x1f, 0x8b, 9, 0, 0, 0, 0, 0, 0, 0])],
    ['a header without data', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])],
  ];
  it.each(BEHIND)('with %s behind it is taken as gzip -dc takes it', async (_what, behind) => {
    const bench = new PieceBench();
    const bytes = Buffer.concat([gzipSync('text\n'), behind]);
    // 2 is a warning: trailing garbage was ignored.
    const program = filter('sh', ['-c', 'gzip -dc || [ $? = 2 ] || echo failed'], bytes);
    const ours = await bench.read(bench.file('x.gz', bytes)).then(String, () => 'text\nfailed\n');
    expect(ours).toBe(program.toString());
  });

  it('whose checksum or length is wrong gives no good end', async () => {
    const bench = new PieceBench();
    for (const at of [-8, -1]) {
      const bytes = Buffer.concat([gzipSync('first\n'), gzipSync('text\n')]);
      bytes[bytes.length + at] = (bytes.at(at) ?? 0) ^ 1;
      await expect(bench.read(bench.file('x.gz', bytes))).rejects.toThrow(/checksum is wrong/);
    }
  });
});
