import { writeFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeLine } from '../../../src/protocol/encode.ts';
import { readLogPage } from '../../../src/manager/store/attempt-logs.ts';
import { useTemporaryDirectory } from '../temporary-directory.ts';

const directory = useTemporaryDirectory();

/** All lines, page by page, and how many pages that took. */
async function readAll(content: string | Buffer): Promise<{ lines: string[]; pages: number }> {
  const path = `${directory()}/map-00000.1.stderr`;
  writeFileSync(path, content);
  const lines: string[] = [];
  let pages = 0;
  for (let offset: number | null = 0; offset !== null; pages += 1) {
    const page = await readLogPage(path, offset);
    encodeLine({ message_type: 'log_lines', attempt: 'map-00000.1', path, ...page });
    lines.push(...page.lines);
    offset = page.next;
  }
  return { lines, pages };
}

test('a short log is one page', async () => {
  expect(await readAll('one\n\ntwo')).toEqual({ lines: ['one', '', 'two'], pages: 1 });
  expect(await readAll('one\n')).toEqual({ lines: ['one'], pages: 1 });
  expect(await readAll('')).toEqual({ lines: [], pages: 1 });
});

test('a log that is not there has no lines', async () => {
  expect(await readLogPage(`${directory()}/none`, 0)).toEqual({ lines: [], next: null });
});

test('pages end at line ends, and every line comes once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 9000 }), { maxLength: 60 }), async (lengths) => {
      const lines = lengths.map((length, index) => `${String(index)}${'ü'.repeat(length)}`);
      const { lines: read } = await readAll(lines.map((line) => `${line}\n`).join(''));
      expect(read).toEqual(lines);
    }),
    { numRuns: 20 },
  );
});

test('a line longer than a page comes in pieces that are whole characters', async () => {
  const line = 'x€'.repeat(50_000);
  const { lines, pages } = await readAll(line);
  expect(pages).toBeGreaterThan(2);
  expect(lines.join('')).toBe(line);
});

test('bytes that are not UTF-8 are replaced, control characters fit a message', async () => {
  expect((await readAll(Buffer.from([0x61, 0xff, 0x0a]))).lines).toEqual(['a\uFFFD']);
  await readAll(Buffer.alloc(200_000, 0x01));
  await readAll(Buffer.alloc(200_000, 0x0a));
});
