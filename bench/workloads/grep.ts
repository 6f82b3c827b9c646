import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeLines } from '../generate/line-maker.ts';
import { NEEDLE, Text } from '../generate/text.ts';
import type { InputRequest, Workload } from '../workload.ts';
import { NODE, ours, peer } from './sides.ts';

const BYTES = 1e9;
/** Below the size of a split, so that our maps and the peer's processes read the same pieces. */
const FILES = 16;
/** About 130 hits in a gigabyte. */
const NEEDLE_EVERY = 100_000;
const WORDS = 20_000;

/** Hardly any output, nothing grouped: how fast bytes get to a program. */
export const GREP: Workload = {
  name: 'grep',
  about: 'grep of 1 GB in 16 files, rare hit, map-only',
  makeInput: makeFiles,
  sides: [
    ours({
      id: 'ours',
      label: 'Muster',
      job: `-i input -m 'grep ${NEEDLE}' --num-reducers 0 --accept-exit 1`,
      needs: ['grep'],
    }),
    peer({
      id: 'xargs',
      label: 'xargs -P2 grep',
      // Two that share a file and write in blocks would tear each other's lines.
      lines: ['-n1', '-n8'].map(
        (share) => `ls input/* | xargs -P2 ${share} grep -h --line-buffered ${NEEDLE} > xargs.txt`,
      ),
      needs: ['xargs', 'grep'],
    }),
    NODE,
  ],
  rows: [
    {
      name: 'grep-xargs',
      about: 'grep, rare hit, map-only; node -e 0 taken off ours',
      metric: 'wall',
      target: { atMost: 1.4 },
      ours: 'ours',
      peers: ['xargs'],
      less: 'node',
    },
  ],
};

function makeFiles({ directory, seed, scale }: InputRequest): void {
  const folder = join(directory, 'input');
  mkdirSync(folder);
  for (let file = 0; file < FILES; file++) {
    const options = { seed: seed * FILES + file, words: WORDS, needleEvery: NEEDLE_EVERY };
    const name = `text-${String(file).padStart(2, '0')}.txt`;
    writeLines(join(folder, name), new Text(options), { bytes: (BYTES * scale) / FILES });
  }
}
