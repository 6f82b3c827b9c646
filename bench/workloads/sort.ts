import { join } from 'node:path';
import type { ClusterSpec } from '../cluster.ts';
import { writeLines } from '../generate/line-maker.ts';
import { SORT_RECORD_BYTES, SortRecords } from '../generate/sort-records.ts';
import type { Side, Workload } from '../workload.ts';
import { ours, peer } from './sides.ts';

const RECORDS = 5_000_000;
const SLOTS = 2;
const JOB = '-i input.txt -m cat -r cat --total-order';

/** Sorting whole lines: `cat` twice, all the work is the framework's. */
export function sortWorkload(scale: number): Workload {
  const records = Math.round(RECORDS * scale);
  const memoryBytes = Math.round((records * SORT_RECORD_BYTES) / 4);
  return {
    name: 'sort',
    about: 'sort of 500 MB of 100-byte records',
    makeInput: ({ directory, seed }) => {
      writeLines(join(directory, 'input.txt'), new SortRecords(seed), { lines: records });
    },
    sides: [
      ours({ id: 'ours', label: 'Muster', job: JOB, result: asItStands }),
      ours({
        id: 'ours-small',
        label: 'Muster, small buffers',
        job: JOB,
        cluster: smallBuffers(memoryBytes),
        result: asItStands,
      }),
      gnuSort('sort', 'sort', ['-S 2G', '-S 1G', '-S 256M']),
      gnuSort('sort-small', 'sort, small buffer', [`-S ${String(memoryBytes)}b`]),
    ],
    rows: ROWS,
  };
}

const ROWS: Workload['rows'] = [
  {
    name: 'sort-memory',
    about: 'sort, cat and cat, --total-order',
    metric: 'wall',
    target: { atMost: 0.85 },
    ours: 'ours',
    peers: ['sort'],
  },
  {
    name: 'sort-external',
    about: 'the same, memory a quarter of the data on both sides',
    metric: 'wall',
    target: { atMost: 0.85 },
    ours: 'ours-small',
    peers: ['sort-small'],
  },
];

/** A quarter of the data, for both slots together. */
function smallBuffers(memoryBytes: number): ClusterSpec {
  return {
    name: '2 slots, memory a quarter of the data',
    slots: SLOTS,
    sortBuffer: memoryBytes / SLOTS,
  };
}

/** Total order: the parts, in order of their names, are the peer's file byte for byte. */
function asItStands(parts: string): string {
  return `cat ${parts}`;
}

function gnuSort(id: string, label: string, sizes: readonly string[]): Side {
  return peer({
    id,
    label,
    lines: sizes.map((size) => `LC_ALL=C sort ${size} --parallel=2 input.txt -o ${id}.txt`),
    result: `cat ${id}.txt`,
    needs: ['sort'],
  });
}
