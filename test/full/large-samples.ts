import { appendFile, copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SAMPLES_ROOT, TEXT } from '../e2e/sample-jobs.ts';
import { shell } from '../e2e/shell.ts';

/**
 * The inputs of all samples once more, of the same kind but some megabytes each, and the right
 * answers: so that a small sort buffer spills and a large one does not.
 */

/** How many times as many records as in `samples/`. */
const FACTOR = 100;
const WORDS_BYTES = 3_000_000;

/** Makes them in a directory, laid out as `samples/` is. */
export async function makeLargeSamples(directory: string): Promise<void> {
  const texts = join(directory, 'texts');
  await mkdir(texts, { recursive: true });
  await copyFile(TEXT, join(texts, 'opticks.txt'));
  await appendFile(join(texts, 'opticks.txt'), manyWords());
  shell(`'${SAMPLES_ROOT}/make-data.py' '${directory}' ${String(FACTOR)}`);
  shell(`'${SAMPLES_ROOT}/make-expected.sh' '${directory}' '${directory}'`);
}

/** Pseudo-random words that hardly repeat, ten a line; every fourth is one that `grep` counts. */
function manyWords(): string {
  let state = 12_345;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  let text = '';
  for (let count = 1; text.length < WORDS_BYTES; count += 1) {
    const letters = Array.from({ length: 4 + next(6) }, () => String.fromCharCode(97 + next(26)));
    const start = count % 4 === 0 ? (count % 400 === 0 ? 'Refrangib' : 'refr') : '';
    text += start + letters.join('') + (count % 10 === 0 ? '\n' : ' ');
  }
  return text;
}
