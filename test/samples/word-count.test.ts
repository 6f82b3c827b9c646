import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { needsPrograms } from '../needs.ts';
import { REPOSITORY, runShell, SORT_BY_KEY } from './run-shell.ts';

interface Variant {
  readonly name: string;
  readonly needs: string;
  readonly mapper: string;
  readonly reducer: string;
}

const VARIANTS: readonly Variant[] = [
  variant('sh', 'sh', 'sh'),
  variant('bash', 'sh', 'bash'),
  variant('awk', 'awk', 'awk -f'),
  variant('mawk', 'awk', 'mawk -f'),
  variant('gawk', 'awk', 'gawk -f'),
  variant('python3', 'py', 'python3'),
  variant('node', 'js', 'node'),
];

/** Everything the four programs could disagree on: numbers to awk, odd bytes, CR, no last newline. */
const ODD_TEXT = Buffer.from(
  'foo\xffbar \xc3\xa9t\xc3\xa9 nan NaN INF inf infinity 0x1p 1e5 e\r\nx\n\n\tTab\tone\n -n -e \\n %s $x `x` * last',
  'latin1',
);

describe.each(VARIANTS)('word count in $name', ({ needs, mapper, reducer }) => {
  it('gives the expected counts of the sample text', async (context) => {
    needsPrograms(context, needs);
    const counts = await runShell(
      `cat texts/opticks.txt | ${mapper} | ${SORT_BY_KEY} | ${reducer}`,
    );
    const expected = await readFile(`${REPOSITORY}samples/word-count/expected/opticks.txt`);
    expect(counts).toBe(expected.toString('latin1'));
  });

  it('reads odd bytes the same way in every locale', async (context) => {
    needsPrograms(context, needs);
    const expected = countWords(ODD_TEXT);
    for (const locale of ['C', 'C.UTF-8']) {
      const pipeline = `${mapper} | ${SORT_BY_KEY} | ${reducer}`;
      expect(await runShell(pipeline, ODD_TEXT, { LC_ALL: locale }), locale).toBe(expected);
    }
  });

  it('prints nothing for nothing', async (context) => {
    needsPrograms(context, needs);
    expect(await runShell(`${mapper} | ${SORT_BY_KEY} | ${reducer}`)).toBe('');
  });

  it('adds up numbers that a combiner has added up before', async (context) => {
    needsPrograms(context, needs);
    const counts = await runShell(reducer, 'a\t2\na\t40\nb\t1\nc\t3000000000\nc\t3000000000\n');
    expect(counts).toBe('a\t42\nb\t1\nc\t6000000000\n');
  });
});

describe('word count with chunks cut anywhere', () => {
  it('keeps a word of node together that crosses the border of two reads', async (context) => {
    needsPrograms(context, 'node');
    const text = 'ab '.repeat(50_000) + 'x'.repeat(200_000) + ' ' + 'yz,'.repeat(50_000);
    const counts = await runShell(
      `node word-count/map.js | ${SORT_BY_KEY} | node word-count/reduce.js`,
      text,
    );
    expect(counts).toBe(countWords(Buffer.from(text)));
  });
});

function variant(needs: string, extension: string, interpreter: string): Variant {
  return {
    name: needs,
    needs,
    mapper: `${interpreter} word-count/map.${extension}`,
    reducer: `${interpreter} word-count/reduce.${extension}`,
  };
}

/** The rule of samples/README.md, in the plainest way. */
function countWords(text: Uint8Array): string {
  const counts = new Map<string, number>();
  for (const word of Buffer.from(text)
    .toString('latin1')
    .split(/[^A-Za-z]+/)) {
    if (word !== '') counts.set(word.toLowerCase(), (counts.get(word.toLowerCase()) ?? 0) + 1);
  }
  const words = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return words.map(([word, count]) => `${word}\t${String(count)}\n`).join('');
}
