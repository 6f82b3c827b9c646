import type { Workload } from '../workload.ts';
import { NODE, ours } from './sides.ts';
import { textInput, wordCountJob } from './text-input.ts';

/** The smallest job: everything but the work. */
export const SMALL_JOB: Workload = {
  name: 'small-job',
  about: 'word count of 1 KB on a warm cluster',
  programs: ['split-words.awk', 'sum-groups.awk'],
  makeInput: ({ directory, seed }) =>
    textInput(1000, { words: 100 })({ directory, seed, scale: 1 }),
  roundsFactor: 3,
  sides: [ours({ id: 'ours', label: 'Muster', job: wordCountJob('mawk'), needs: ['mawk'] }), NODE],
  rows: [
    {
      name: 'small-job-node',
      about: '1 KB job on a warm cluster, submit to exit',
      metric: 'extra-ms',
      target: { atMost: 200 },
      ours: 'ours',
      peers: ['node'],
    },
  ],
};
