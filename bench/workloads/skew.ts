import type { Workload } from '../workload.ts';
import { ours, parallelSort, pipelineSort } from './sides.ts';
import { textInput, wordCount, wordCountJob } from './text-input.ts';

const MAWK = wordCount('mawk');

/** One key that outweighs all others, so that one reducer has most of the work. */
export const SKEW: Workload = {
  name: 'skew',
  about: 'word count of 200 MB of text, one word of 40 %',
  programs: ['split-words.awk', 'sum-groups.awk'],
  makeInput: textInput(200e6, { heavyShare: 0.4 }),
  sides: [
    ours({ id: 'ours', label: 'Muster', job: wordCountJob('mawk'), needs: ['mawk'] }),
    parallelSort(MAWK),
    pipelineSort(MAWK),
  ],
  rows: [
    {
      name: 'skew-pipelines',
      about: 'word count, one key with 40 % of the records',
      metric: 'wall',
      target: { atMost: 0.6 },
      ours: 'ours',
      peers: ['parallel', 'pipeline'],
    },
  ],
};
