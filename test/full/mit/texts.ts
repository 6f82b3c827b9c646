import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TEXT } from '../../e2e/sample-jobs.ts';

/** The input of the MIT tests: eight text files, a map each. */
export const FILES = 8;

/** @returns options that say what is read, and that each file is a task */
export async function writeTexts(directory: string): Promise<readonly string[]> {
  const text = await readFile(TEXT, 'latin1');
  const contents = inEqualShares(text, FILES);
  await mkdir(join(directory, 'in'));
  for (const [index, content] of contents.entries()) {
    await writeFile(join(directory, 'in', `pg-${String(index)}.txt`), content, 'latin1');
  }
  const longest = Math.max(...contents.map((content) => content.length));
  return ['-i', 'in', '--split-size', String(longest)];
}

/** Each word of each file, by file: for answers that no program of ours has touched. */
export async function wordsOf(directory: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const words = new Map<string, readonly string[]>();
  for (let index = 0; index < FILES; index++) {
    const name = `pg-${String(index)}.txt`;
    const text = await readFile(join(directory, 'in', name), 'latin1');
    words.set(name, text.match(/[A-Za-z]+/g) ?? []);
  }
  return words;
}

/** Cuts at line ends; no two shares together are shorter than the longest one. */
function inEqualShares(text: string, count: number): string[] {
  const shares: string[] = [];
  let from = 0;
  for (let share = 1; share <= count; share++) {
    const near = Math.floor((text.length * share) / count);
    const to = share === count ? text.length : text.indexOf('\n', near) + 1;
    shares.push(text.slice(from, to));
    from = to;
  }
  return shares;
}
