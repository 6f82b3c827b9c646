import * as fc from 'fast-check';
import { randomFrom } from '../shuffle/random-output.ts';

/** Random jobs for real programs: any bytes in the inputs, any mixture of the rules. */

export const FORMS = ['plain', 'gzip', 'gzip of two members'] as const;

export interface InputFile {
  /** Bytes as latin1. */
  readonly text: string;
  readonly form: (typeof FORMS)[number];
}

/** A mapper whose output is known without running it: it leaves line feeds alone. */
interface Mapper {
  readonly command: string;
  readonly map: (text: string) => string;
}

export interface AnyJob {
  readonly files: readonly InputFile[];
  readonly mapper: Mapper;
  readonly combiner: string | undefined;
  readonly reducer: string;
  /** About so many splits are wanted. */
  readonly splits: number;
  readonly reducers: number;
  /** What the user types, and what it means. */
  readonly separator: { readonly typed: string; readonly bytes: string } | undefined;
  readonly keyFields: number | undefined;
  readonly sortValues: boolean;
  readonly totalOrder: boolean;
  readonly oneProcess: boolean;
}

const swap = (text: string, one: string, other: string): string =>
  text.replaceAll(/[\s\S]/g, (byte) => (byte === one ? other : byte === other ? one : byte));

const MAPPERS: readonly Mapper[] = [
  { command: 'cat', map: (text) => text },
  { command: 'identity', map: (text) => text },
  { command: "tr '\\000\\011' '\\011\\000'", map: (text) => swap(text, '\0', '\t') },
  { command: "tr '\\200\\141' '\\141\\200'", map: (text) => swap(text, '\x80', 'a') },
  { command: "tr -d '\\r'", map: (text) => text.replaceAll('\r', '') },
];

const SEPARATORS = [
  { typed: '\\t', bytes: '\t' },
  { typed: '\\0', bytes: '\0' },
  ...[',', '::', 'aab', 'key', ' ', '\x01'].map((bytes) => ({ typed: bytes, bytes })),
  // The bytes of a character that is not ASCII.
  { typed: '€', bytes: '\xe2\x82\xac' },
];

/** Bytes that are likely to go wrong, in pieces that are likely to meet. */
const PIECES = [
  ...['\0', '\x01', '\b', '\t', '\t', '\v', '\r', '\r\n', ' ', '\x7f', '\x80', '\xff', '\xe2\x82'],
  ...['\n', '\n', '\n', '\n\n', '\t\n', '\n\t', '\t\t', 'a', 'b', 'key', 'key\t', 'keyboard\t1\n'],
  ...[',', ':', '::', ':::', 'aaab', '\xe2\x82\xac', '1', '22', '\n\0\n'],
];

const piece = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...PIECES) },
  { weight: 2, arbitrary: fc.nat(255).map((byte) => String.fromCharCode(byte)) },
  { weight: 1, arbitrary: fc.nat(3000).map((length) => 'long key '.repeat(length / 9)) },
);

/** Mostly dozens of lines: left to itself, fast-check likes texts of hardly any. */
const smallText = fc
  .oneof(
    { weight: 1, arbitrary: fc.array(piece, { maxLength: 9 }) },
    { weight: 3, arbitrary: fc.array(piece, { minLength: 60, maxLength: 200 }) },
  )
  .map((pieces) => pieces.join(''))
  // A mapper that takes all of an open last line away leaves nothing, or with --one-process, where
  // another file follows, an empty line.
  .filter((text) => !/(?:^|\n)\r+$/.test(text));

/** Some megabytes, which do not fit into the smallest sort buffer. */
const largeText = fc
  .record({ seed: fc.integer(), keys: fc.constantFrom(2, 300, 60_000), endsOpen: fc.boolean() })
  .map(({ seed, keys, endsOpen }) => {
    const random = randomFrom(seed);
    const lines = Array.from({ length: 60_000 }, () => {
      const key = `${'prefix of keys'.slice(random(8))}${random(keys).toString(36)}`;
      return random(9) === 0 ? key : `${key}\t${'\0v:,'.repeat(random(9))}${String(random(50))}`;
    });
    return lines.join('\n') + (endsOpen ? '' : '\n');
  });

function inputFile(text: fc.Arbitrary<string>): fc.Arbitrary<InputFile> {
  const form = fc.oneof(
    { weight: 3, arbitrary: fc.constant<InputFile['form']>('plain') },
    { weight: 1, arbitrary: fc.constantFrom(...FORMS) },
  );
  return fc.record({ text, form });
}

function jobOf(files: fc.Arbitrary<InputFile[]>): fc.Arbitrary<AnyJob> {
  return fc.record({
    files,
    mapper: fc.constantFrom(...MAPPERS),
    combiner: fc.constantFrom(undefined, undefined, 'cat', 'identity'),
    reducer: fc.constantFrom('cat', 'cat', 'identity'),
    splits: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constant(40)),
    // 0 is map-only, where most of the rules mean nothing.
    reducers: fc.constantFrom(0, 1, 1, 2, 2, 3, 4, 5, 6, 7),
    separator: fc.option(fc.constantFrom(...SEPARATORS), { nil: undefined }),
    keyFields: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
    sortValues: fc.boolean(),
    totalOrder: fc.boolean(),
    oneProcess: fc.boolean(),
  });
}

export const smallJob = jobOf(fc.array(inputFile(smallText), { minLength: 1, maxLength: 6 }));

export const largeJob = jobOf(
  fc
    .tuple(inputFile(largeText), fc.array(inputFile(smallText), { maxLength: 2 }))
    .map(([large, small]) => [...small, large]),
);
