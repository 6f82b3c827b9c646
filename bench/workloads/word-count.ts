import type { Workload } from '../workload.ts';
import { ours, parallelCombine, parallelSort, peer, pipelineSort } from './sides.ts';
import { textInput, wordCount, wordCountJob } from './text-input.ts';

const MAWK = wordCount('mawk');

/** Zipf text, a mapper and a reducer in mawk; the same with built-ins. */
export const WORD_COUNT: Workload = {
  name: 'word-count',
  about: 'word count of 200 MB of Zipf text',
  programs: ['split-words.awk', 'sum-groups.awk', 'count-words.awk'],
  makeInput: textInput(200e6),
  sides: [
    ours({ id: 'ours', label: 'Muster', job: wordCountJob('mawk'), needs: ['mawk'] }),
    ours({
      id: 'ours-sum',
      label: 'Muster, sum + sum',
      job: `-i input.txt -m '${MAWK.mapper}' --combiner sum -r sum`,
      needs: ['mawk'],
    }),
    parallelSort(MAWK),
    parallelCombine(MAWK),
    pipelineSort(MAWK),
    peer({
      id: 'array',
      label: 'one mawk array pass',
      lines: ['mawk -f count-words.awk input.txt > array.txt'],
      needs: ['mawk'],
    }),
  ],
  rows: [
    {
      name: 'word-count-parallel',
      about: 'word count, mawk programs, no combiner',
      metric: 'wall',
      target: { atMost: 0.45 },
      ours: 'ours',
      peers: ['parallel'],
    },
    {
      name: 'word-count-pipeline',
      about: 'the same',
      metric: 'wall',
      target: { atMost: 0.4 },
      ours: 'ours',
      peers: ['pipeline'],
    },
    {
      name: 'word-count-cpu',
      about: 'the same',
      metric: 'cpu',
      target: { atMost: 0.55 },
      ours: 'ours',
      peers: ['pipeline'],
    },
    {
      name: 'word-count-sum',
      about: 'word count, --combiner sum --reducer sum',
      metric: 'wall',
      target: { atMost: 0.28 },
      ours: 'ours-sum',
      peers: ['parallel'],
    },
    {
      name: 'word-count-combine',
      about: 'the same',
      metric: 'wall',
      ours: 'ours-sum',
      peers: ['parallel-combine'],
    },
    {
      name: 'word-count-array',
      about: 'the same',
      metric: 'wall',
      target: { atMost: 0.6 },
      ours: 'ours-sum',
      peers: ['array'],
    },
  ],
};
