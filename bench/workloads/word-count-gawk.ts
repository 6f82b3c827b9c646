import type { Workload } from '../workload.ts';
import { ours, parallelSort, pipelineSort } from './sides.ts';
import { textInput, wordCount, wordCountJob } from './text-input.ts';

const GAWK = wordCount('gawk');

/** The same as word count with slower programs: what they take is the same on both sides. */
export const WORD_COUNT_GAWK: Workload = {
  name: 'word-count-gawk',
  about: 'word count of 200 MB of Zipf text, programs in gawk',
  programs: ['split-words.awk', 'sum-groups.awk'],
  makeInput: textInput(200e6),
  sides: [
    ours({ id: 'ours', label: 'Muster', job: wordCountJob('gawk'), needs: ['gawk'] }),
    ours({
      id: 'ours-sum',
      label: 'Muster, sum + sum',
      job: `-i input.txt -m '${GAWK.mapper}' --combiner sum -r sum`,
      needs: ['gawk'],
    }),
    parallelSort(GAWK),
    pipelineSort(GAWK),
  ],
  rows: [
    {
      name: 'gawk-parallel',
      about: 'word count, gawk programs, no combiner',
      metric: 'wall',
      ours: 'ours',
      peers: ['parallel'],
    },
    {
      name: 'gawk-pipeline',
      about: 'the same',
      metric: 'wall',
      ours: 'ours',
      peers: ['pipeline'],
    },
    {
      name: 'gawk-sum',
      about: 'word count, gawk mapper, --combiner sum --reducer sum',
      metric: 'wall',
      ours: 'ours-sum',
      peers: ['parallel'],
    },
  ],
};
