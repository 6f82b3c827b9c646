import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineSplitter, MESSAGE_BYTES_MAX, type SplitLine } from '../../src/protocol/index.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function shown(lines: readonly SplitLine[]): string[] {
  return lines.map((found) => ('tooLong' in found ? '<too long>' : decoder.decode(found.line)));
}

/** The lines of a stream that comes in these chunks. */
function split(chunks: readonly Uint8Array[], lineBytesMax?: number): string[] {
  const splitter = new LineSplitter(lineBytesMax);
  const lines = chunks.flatMap((chunk) => shown(splitter.push(chunk)));
  const last = splitter.end();
  return last === undefined ? lines : [...lines, ...shown([last])];
}

/** What the lines should be, worked out the slow and simple way. */
function oracle(text: string, lineBytesMax: number): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => (line.length > lineBytesMax ? '<too long>' : line));
}

describe('a stream of chunks', () => {
  test('gives the same lines wherever it is cut', () => {
    const stream = fc.string({ unit: fc.constantFrom('a', '}', ' ', '\n'), maxLength: 60 });
    fc.assert(
      fc.property(
        stream,
        fc.array(fc.nat(60)),
        fc.integer({ min: 1, max: 8 }),
        (text, cuts, max) => {
          const bytes = encoder.encode(text);
          const bounds = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length];
          bounds.sort((a, b) => a - b);
          const chunks = bounds.slice(1).map((end, i) => bytes.slice(bounds[i], end));
          const byByte = [...bytes].map((byte) => Uint8Array.of(byte));
          const expected = oracle(text, max);
          expect(split([bytes], max)).toEqual(expected);
          expect(split(chunks, max)).toEqual(expected);
          expect(split(byByte, max)).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('a character that is cut in two is whole again', () => {
    const bytes = encoder.encode('grün\n');
    expect(split([bytes.slice(0, 3), bytes.slice(3)])).toEqual(['grün']);
  });

  test('a line of exactly the limit passes, one byte more does not', () => {
    const line = 'x'.repeat(MESSAGE_BYTES_MAX);
    expect(split([encoder.encode(`${line}\n`)])).toEqual([line]);
    expect(split([encoder.encode(`${line}x\nnext\n`)])).toEqual(['<too long>', 'next']);
  });

  test('a line that is too long is told once, at once, and not kept', () => {
    const splitter = new LineSplitter();
    const chunk = encoder.encode('x'.repeat(65_536));
    const told = Array.from({ length: 24 }, () => shown(splitter.push(chunk))).flat();
    expect(told).toEqual(['<too long>']);
    expect(splitter.pendingBytes).toBe(0);
    expect(splitter.midLine).toBe(true);
    expect(shown(splitter.push(encoder.encode('x\nnext\n')))).toEqual(['next']);
    expect(splitter.end()).toBeUndefined();
  });

  test('costs no more in single bytes than a few times in one piece', () => {
    const bytes = new Uint8Array(MESSAGE_BYTES_MAX).fill(0x78);
    const splitter = new LineSplitter();
    const startedMs = performance.now();
    for (let at = 0; at < bytes.length; at++) splitter.push(bytes.subarray(at, at + 1));
    // Quadratic cost took minutes (research/reliability §6.3); linear takes a fraction of a second.
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    expect(splitter.pendingBytes).toBe(MESSAGE_BYTES_MAX);
  });
});

describe('an unfinished line', () => {
  test('may be a whole document only when it ends in a brace', () => {
    const splitter = new LineSplitter();
    splitter.push(encoder.encode('{"a":'));
    expect(splitter.peekWhole()).toBeUndefined();
    splitter.push(encoder.encode('{}} \r'));
    expect(decoder.decode(splitter.peekWhole())).toBe('{"a":{}} \r');
    expect(decoder.decode(splitter.take())).toBe('{"a":{}} \r');
    expect(splitter.peekWhole()).toBeUndefined();
    expect(splitter.midLine).toBe(false);
  });

  test('is not disturbed by being looked at', () => {
    const splitter = new LineSplitter();
    splitter.push(encoder.encode('{}'));
    splitter.peekWhole();
    expect(shown(splitter.push(encoder.encode('x\n')))).toEqual(['{}x']);
  });
});
