import type { Workload } from '../workload.ts';
import { ours } from './sides.ts';
import { textInput, wordCountJob } from './text-input.ts';

const MAPS = 1000;

/** Fifty times as many tasks for the same bytes. */
export const MANY_TASKS: Workload = {
  name: 'many-tasks',
  about: 'word count of 200 MB, M = 1,000 and R = 200 against M = 20 and R = 4',
  programs: ['split-words.awk', 'sum-groups.awk'],
  makeInput: textInput(200e6),
  sides: [
    ours({
      id: 'many',
      label: 'Muster, M = 1,000, R = 200',
      job: `${wordCountJob('mawk')} --num-mappers ${String(MAPS)} --num-reducers 200`,
      needs: ['mawk'],
      countsFiles: true,
    }),
    ours({
      id: 'few',
      label: 'Muster, M = 20, R = 4',
      job: `${wordCountJob('mawk')} --num-mappers 20 --num-reducers 4`,
      needs: ['mawk'],
    }),
  ],
  rows: [
    {
      name: 'many-tasks-wall',
      about: 'M = 1,000, R = 200, same bytes as M = 20, R = 4',
      metric: 'wall',
      target: { atMost: 2.5 },
      ours: 'many',
      peers: ['few'],
    },
    {
      name: 'many-tasks-files',
      about: 'the same: intermediate files at once',
      metric: 'number',
      unit: 'files',
      target: { atMost: MAPS },
      ours: 'many',
      peers: [],
    },
  ],
};
