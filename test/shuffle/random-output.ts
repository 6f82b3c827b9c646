import * as fc from 'fast-check';

/** A small generator of its own, so that one number from fast-check makes a lot of bytes quickly. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    const mixed = Math.imul(state ^ (state >>> 13), 0x297a2d39);
    return ((mixed ^ (mixed >>> 16)) >>> 0) % below;
  };
}

/** Bytes that are likely to go wrong: separators, NUL, CR, bytes around TAB, invalid UTF-8. */
const TRICKY = [0x00, 0x01, 0x08, 0x09, 0x0a, 0x0b, 0x0d, 0x20, 0x61, 0x62, 0x7f, 0x80, 0xff];

/** The output of a program: any bytes, but with many tabs, newlines and keys that begin alike. */
export const trickyOutput: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...TRICKY).map((byte) => [byte]),
      fc
        .constantFrom('key', 'key\t', 'key\t1\n', 'keyboards', 'keyboardist\t', '\n')
        .map((text) => [...Buffer.from(text)]),
      fc.array(fc.nat(255), { maxLength: 20 }),
    ),
    { maxLength: 120 },
  )
  .map((pieces) => Uint8Array.from(pieces.flat()));

/** Tens of kilobytes of lines over few or many keys, short or long, values repeated or not. */
export const bulkyOutput: fc.Arbitrary<Uint8Array> = fc
  .record({
    seed: fc.integer(),
    lines: fc.integer({ min: 1, max: 3000 }),
    keys: fc.constantFrom(1, 3, 50, 2000),
    prefix: fc.constantFrom('', 'k', 'a long beginning of key '),
    valueBytes: fc.constantFrom(0, 1, 5, 60),
    endsOpen: fc.boolean(),
  })
  .map(({ seed, lines, keys, prefix, valueBytes, endsOpen }) => {
    const random = randomFrom(seed);
    const pieces: string[] = [];
    for (let line = 0; line < lines; line++) {
      const key = `${prefix}${random(keys).toString(36)}`;
      const value = 'v'.repeat(random(valueBytes + 1)) + String(random(3));
      pieces.push(random(9) === 0 ? key : `${key}\t${value}`);
    }
    return Buffer.from(pieces.join('\n') + (endsOpen ? '' : '\n'));
  });

/**
 * Lines made of little but separators, parts of separators and short fields, so that separators
 * straddle chunks, overlap themselves, end lines and are cut off there.
 */
export function outputWith(separator: string): fc.Arbitrary<Uint8Array> {
  const piece = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('a', 'b', 'key', 'keyboard', '') },
    { weight: 4, arbitrary: fc.constant(separator) },
    { weight: 2, arbitrary: fc.nat(separator.length).map((length) => separator.slice(0, length)) },
    { weight: 1, arbitrary: fc.nat(separator.length).map((length) => separator.slice(length)) },
    { weight: 3, arbitrary: fc.constantFrom('\n', '\n\n', '\r\n', '\n\t') },
    { weight: 2, arbitrary: fc.constantFrom(...TRICKY).map((byte) => String.fromCharCode(byte)) },
    { weight: 1, arbitrary: fc.nat(600).map((length) => 'long '.repeat(length)) },
  );
  return fc
    .array(piece, { maxLength: 150 })
    .map((pieces) => Buffer.from(pieces.join(''), 'latin1'));
}
