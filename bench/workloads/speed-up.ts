import type { ClusterSpec } from '../cluster.ts';
import type { Workload } from '../workload.ts';
import { ours } from './sides.ts';
import { textInput, wordCountJob } from './text-input.ts';

/** One slot on all cores would use two already: the mapper beside the grouping. */
const ONE_CORE: ClusterSpec = {
  name: '1 slot on 1 core',
  slots: 1,
  sortBuffer: 256 * 1024 * 1024,
  cpus: '0',
};

/** The same work with half the machine. */
export const SPEED_UP: Workload = {
  name: 'speed-up',
  about: 'word count of 200 MB, 1 slot on one core against 2 slots on two',
  programs: ['split-words.awk', 'sum-groups.awk'],
  makeInput: textInput(200e6),
  sides: [
    ours({ id: 'two', label: 'Muster, 2 slots', job: wordCountJob('mawk'), needs: ['mawk'] }),
    ours({
      id: 'one',
      label: 'Muster, 1 slot',
      job: wordCountJob('mawk'),
      cluster: ONE_CORE,
      needs: ['mawk'],
    }),
  ],
  rows: [
    {
      name: 'speed-up-two',
      about: '1 slot pinned to one core, then 2 slots on two: word count',
      metric: 'rate',
      target: { atLeast: 1.7 },
      ours: 'two',
      peers: ['one'],
    },
  ],
};
