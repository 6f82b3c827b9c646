import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  builtinOf,
  formatCommand,
  parseCommand,
} from '../../../src/runtime/programs/command-words.ts';

function wordsOf(text: string): readonly string[] {
  const parsed = parseCommand(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.words;
}

function reasonOf(text: string): string {
  const parsed = parseCommand(text);
  return parsed.ok ? `split into ${JSON.stringify(parsed.words)}` : parsed.reason;
}

describe('a command', () => {
  it.each([
    ['cat', ['cat']],
    ['  python3\tmap.py  --top 3 ', ['python3', 'map.py', '--top', '3']],
    [`awk '{ print $1 }'`, ['awk', '{ print $1 }']],
    [`grep -e "a b|c"`, ['grep', '-e', 'a b|c']],
    ['a\\ b c', ['a b', 'c']],
    ['grep \\| x', ['grep', '|', 'x']],
    [`a''b "" ''`, ['ab', '', '']],
    [`x'a'"b"c`, ['xabc']],
    [`x "a\\"b\\$c\\d"`, ['x', 'a"b$c\\d']],
    ['x a\\\nb', ['x', 'ab']],
    ['grep #no-comment *.txt ~', ['grep', '#no-comment', '*.txt', '~']],
    ['grep naïve 日本', ['grep', 'naïve', '日本']],
  ])('%j is split as a shell would', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  it.each(['|', '<', '>', '&', ';', '$', '`'])('with an unquoted %s is refused', (character) => {
    expect(reasonOf(`cat a ${character} wc`)).toBe(
      `"${character}" means something only to a shell, and none is run: quote it, or add --shell`,
    );
    expect(wordsOf(`grep '${character}'`)).toEqual(['grep', character]);
    expect(wordsOf(`grep "${character}"`)).toEqual(['grep', character]);
    expect(wordsOf(`grep \\${character}`)).toEqual(['grep', character]);
  });

  it.each([
    ['', 'it is empty'],
    [' \t ', 'it is empty'],
    [`'' a`, 'its first word is empty'],
    [`a 'b`, 'a single quote is not closed'],
    ['a "b', 'a double quote is not closed'],
    ['a \\', 'it ends in a backslash'],
    ['a\0b', 'it holds a NUL character'],
  ])('%j is refused', (text, reason) => {
    expect(reasonOf(text)).toBe(reason);
  });

  it('made of any words is printed so that it reads back the same', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((word) => !word.includes('\0'));
    const words = fc.tuple(
      text.filter((word) => word !== ''),
      fc.array(text),
    );
    fc.assert(
      fc.property(words, ([first, others]) => {
        expect(wordsOf(formatCommand([first, ...others]))).toEqual([first, ...others]);
      }),
    );
  });

  it('is split exactly as sh splits it', () => {
    const piece = fc.constantFrom('a', 'b', ' ', "'", '"', '\\', '-', '=');
    const commands = fc
      .sample(fc.array(piece, { maxLength: 12 }), { numRuns: 300, seed: 7 })
      .map((pieces) => `x${pieces.join('')}`)
      .filter((text) => parseCommand(text).ok);
    expect(commands.length).toBeGreaterThan(50);
    const script = commands.map((text) => `printf '%s\\0' ${text}; printf '\\n\\0'`).join('\n');
    const shell = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
    const ours = commands.map((text) =>
      [...wordsOf(text), '\n'].map((word) => `${word}\0`).join(''),
    );
    expect(ours.join('')).toBe(shell);
  });
});

describe('a built-in', () => {
  it('is its bare name as the whole command', () => {
    const names = ['sum', 'count', 'min', 'max', 'first', 'distinct', 'identity'];
    expect(names.map((name) => builtinOf([name]))).toEqual(names);
  });

  it('is not a path, not a name with arguments and not another program', () => {
    expect([['./sum'], ['sum', '-r'], ['cat'], []].map(builtinOf)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
