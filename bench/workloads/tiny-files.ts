import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeBlocks } from '../generate/line-maker.ts';
import { Random } from '../generate/random.ts';
import { Text } from '../generate/text.ts';
import type { InputRequest, Workload } from '../workload.ts';
import { ours, peer } from './sides.ts';

const FILES = 2000;
const LINES_MAX = 20;
const WORDS = 1000;

/** A process for each of many small files: what starting one costs. */
export const TINY_FILES: Workload = {
  name: 'tiny-files',
  about: 'wc -l of 2,000 tiny files, a process each',
  makeInput: makeFiles,
  sides: [
    ours({
      id: 'ours',
      label: 'Muster',
      job: `-i input -m 'wc -l' --num-reducers 0`,
    }),
    peer({
      id: 'xargs',
      label: 'xargs -P2 -n1',
      lines: ['ls input/* | xargs -P2 -n1 wc -l > xargs.txt'],
      result: `cut -d ' ' -f 1 xargs.txt | LC_ALL=C sort`,
      needs: ['xargs', 'cut'],
    }),
  ],
  rows: [
    {
      name: 'tiny-files-xargs',
      about: '2,000 tiny files, wc -l: files per second',
      metric: 'rate',
      target: { atLeast: 0.5 },
      ours: 'ours',
      peers: ['xargs'],
    },
  ],
};

function makeFiles({ directory, seed, scale }: InputRequest): void {
  const folder = join(directory, 'input');
  mkdirSync(folder);
  const random = new Random(seed);
  const text = new Text({ seed, words: WORDS });
  for (let file = 0; file < FILES * scale; file++) {
    makeBlocks(text, { lines: 1 + random.below(LINES_MAX) }, (block) => {
      writeFileSync(join(folder, `file-${String(file).padStart(4, '0')}.txt`), block);
    });
  }
}
