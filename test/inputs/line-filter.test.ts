import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineFilter } from '../../src/inputs/line-filter.ts';

const line = fc.string({ unit: fc.constantFrom('a', 'b', '\r', '\0'), maxLength: 4 });
/** Files, of which the last line may lack its newline. */
const file = fc.tuple(fc.array(line, { maxLength: 8 }), fc.boolean()).map(([lines, ends]) => {
  const text = lines.map((each) => `${each}\n`).join('');
  return ends ? text : text.replace(/\n$/, '');
});

/** The lines of a file, each with its newline, and where they begin. */
function linesOf(text: string): readonly { readonly text: string; readonly offset: number }[] {
  return [...text.matchAll(/[^\n]*\n|[^\n]+$/g)].map((match) => ({
    text: match[0],
    offset: match.index,
  }));
}

it('passes and leaves out exactly the lines that it should, whatever the blocks', () => {
  fc.assert(
    fc.property(
      fc.array(file, { minLength: 1, maxLength: 4 }),
      fc.nat(12),
      fc.nat(30),
      fc.uniqueArray(fc.nat(30), { maxLength: 6 }),
      fc.integer({ min: 1, max: 20 }),
      (files, from, length, unsorted, blockBytes) => {
        const except = unsorted.toSorted((a, b) => a - b);
        const to = from + length;
        const leftOut = new Map<number, { offset: number; text: string }>();
        const filter = new LineFilter({ from, to, except }, (part) => {
          const before = leftOut.get(part.line);
          const text = (before?.text ?? '') + Buffer.from(part.bytes).toString('latin1');
          expect(before?.offset ?? part.offset).toBe(part.offset);
          leftOut.set(part.line, { offset: part.offset, text });
        });
        const passed: string[] = [];
        for (const text of files) {
          filter.beginFile(100);
          const bytes = Buffer.from(text, 'latin1');
          for (let at = 0; at < bytes.length; at += blockBytes) {
            const parts = filter.take(bytes.subarray(at, at + blockBytes));
            passed.push(...parts.map((part) => Buffer.from(part).toString('latin1')));
          }
          filter.endFile();
        }
        const all = files.flatMap(linesOf);
        const isIn = (_: unknown, index: number): boolean => index >= from && index < to;
        const isPassing = (each: unknown, index: number): boolean =>
          isIn(each, index) && !except.includes(index);
        expect(passed.join('')).toBe(
          all
            .filter(isPassing)
            .map(({ text }) => text)
            .join(''),
        );
        expect(passed).not.toContain('');
        expect(filter.passed).toBe(all.filter(isPassing).length);
        expect(filter.lines).toBe(all.length);
        const expected = except.flatMap((index) => {
          const found = all[index];
          if (!found || !isIn(found, index)) return [];
          return [[index, { offset: 100 + found.offset, text: found.text }] as const];
        });
        expect([...leftOut]).toEqual(expected);
      },
    ),
    { numRuns: 500 },
  );
});

it('knows when no line passes any more', () => {
  const filter = new LineFilter({ from: 0, to: 2, except: [] });
  filter.beginFile(0);
  filter.take(Buffer.from('a\nb'));
  expect(filter.isPast).toBe(false);
  filter.take(Buffer.from('\n'));
  expect(filter.isPast).toBe(true);
});
