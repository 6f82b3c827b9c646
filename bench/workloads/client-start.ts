import type { Workload } from '../workload.ts';
import { NODE } from './sides.ts';

/** How long a command takes that does nothing. */
export const CLIENT_START: Workload = {
  name: 'client-start',
  about: 'mapreduce-submit --version',
  roundsFactor: 4,
  sides: [{ id: 'ours', label: 'Muster', lines: ['mapreduce-submit --version'] }, NODE],
  rows: [
    {
      name: 'client-start-node',
      about: 'mapreduce-submit --version',
      metric: 'extra-ms',
      target: { atMost: 60 },
      ours: 'ours',
      peers: ['node'],
    },
  ],
};
