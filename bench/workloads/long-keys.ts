import type { Workload } from '../workload.ts';
import { ours, parallelSort } from './sides.ts';
import { textInput, wordCount, wordCountJob } from './text-input.ts';

const MAWK = wordCount('mawk');

/** Keys that no vector register holds. */
export const LONG_KEYS: Workload = {
  name: 'long-keys',
  about: 'word count of 200 MB of text, words of 20 to 60 bytes',
  programs: ['split-words.awk', 'sum-groups.awk'],
  makeInput: textInput(200e6, { shortestWord: 20, longestWord: 60 }),
  sides: [
    ours({ id: 'ours', label: 'Muster', job: wordCountJob('mawk'), needs: ['mawk'] }),
    parallelSort(MAWK),
  ],
  rows: [
    {
      name: 'long-keys-parallel',
      about: 'word count, words of 20 to 60 bytes',
      metric: 'wall',
      target: { atMost: 0.5 },
      ours: 'ours',
      peers: ['parallel'],
    },
  ],
};
