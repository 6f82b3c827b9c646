import { join } from 'node:path';
import { writeLines } from '../generate/line-maker.ts';
import { Measurements } from '../generate/measurements.ts';
import type { Workload } from '../workload.ts';
import { ours, parallelSort, peer, pipelineSort } from './sides.ts';

const ROWS = 20_000_000;
const STATIONS = 400;

const PROGRAMS = {
  mapper: 'mawk -f split-fields.awk',
  reducer: 'mawk -f min-mean-max.awk',
  input: 'input.txt',
};

/** Few keys, values that differ: nothing to combine. */
export const MIN_MEAN_MAX: Workload = {
  name: 'min-mean-max',
  about: 'minimum, mean and maximum of 20 M rows by 400 keys',
  programs: ['split-fields.awk', 'min-mean-max.awk', 'min-mean-max-array.awk'],
  makeInput: ({ directory, seed, scale }) => {
    const maker = new Measurements(seed, STATIONS);
    writeLines(join(directory, 'input.txt'), maker, { lines: Math.round(ROWS * scale) });
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
    peer({
      id: 'array',
      label: 'one mawk array pass',
      lines: ['mawk -f min-mean-max-array.awk input.txt > array.txt'],
      needs: ['mawk'],
    }),
  ],
  rows: [
    {
      name: 'min-mean-max-pipelines',
      about: 'min, mean, max of 20 M rows by 400 keys, mawk programs',
      metric: 'wall',
      target: { atMost: 0.5 },
      ours: 'ours',
      peers: ['parallel', 'pipeline'],
    },
    {
      name: 'min-mean-max-array',
      about: 'the same',
      metric: 'wall',
      ours: 'ours',
      peers: ['array'],
    },
  ],
};
