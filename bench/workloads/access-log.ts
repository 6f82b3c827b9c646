import { join } from 'node:path';
import { AccessLog } from '../generate/access-log.ts';
import { writeLines } from '../generate/line-maker.ts';
import type { Workload } from '../workload.ts';
import { ours, parallelSort, pipelineSort } from './sides.ts';

const BYTES = 200e6;

const PROGRAMS = {
  mapper: 'mawk -f bytes-by-path.awk',
  reducer: 'mawk -f sum-groups.awk',
  input: 'input.txt',
};

/** What people have lying about: wide lines of which a program keeps little. */
export const ACCESS_LOG: Workload = {
  name: 'access-log',
  about: "bytes sent by path, from 200 MB of a web server's log",
  programs: ['bytes-by-path.awk', 'sum-groups.awk'],
  makeInput: ({ directory, seed, scale }) => {
    writeLines(join(directory, 'input.txt'), new AccessLog(seed), { bytes: BYTES * scale });
  },
  sides: [
    ours({
      id: 'ours',
      label: 'Muster',
      job: `-i input.txt -m '${PROGRAMS.mapper}' -r '${PROGRAMS.reducer}'`,
      needs: ['mawk'],
    }),
    parallelSort(PROGRAMS),
    pipelineSort(PROGRAMS),
  ],
  rows: [
    {
      name: 'access-log-pipelines',
      about: 'bytes by path of an access log, mawk programs',
      metric: 'wall',
      ours: 'ours',
      peers: ['parallel', 'pipeline'],
    },
  ],
};
