import { join } from 'node:path';
import { DEFAULT_CLUSTER } from '../cluster.ts';
import { writeLines } from '../generate/line-maker.ts';
import { Text } from '../generate/text.ts';
import type { InputRequest, Side, Workload } from '../workload.ts';
import { ours, parallelSort, pipelineSort } from './sides.ts';

const BYTES = 200e6;
const MAPPER = 'mawk -f split-words.awk';
const REDUCER = `mawk -F '\\t' -f sum-groups.awk`;
const SORTED = 'LC_ALL=C sort -S 1G';

const ARRAY_PASS: Side = {
  id: 'array',
  label: 'one mawk array pass',
  lines: ['mawk -f count-words.awk input.txt > array.txt'],
  result: `${SORTED} array.txt`,
  writes: ['array.txt'],
  needs: ['mawk'],
};

/** Zipf text, a mapper and a reducer in mawk; the same with built-ins. */
export const WORD_COUNT: Workload = {
  name: 'word-count',
  about: 'word count of 200 MB of Zipf text',
  programs: ['split-words.awk', 'sum-groups.awk', 'count-words.awk'],
  makeInput: makeText,
  sides: [
    ours({
      id: 'ours',
      label: 'Muster',
      job: `-i input.txt -m '${MAPPER}' -r "${REDUCER}"`,
      cluster: DEFAULT_CLUSTER,
      needs: ['mawk'],
    }),
    ours({
      id: 'ours-sum',
      label: 'Muster, sum + sum',
      job: `-i input.txt -m '${MAPPER}' --combiner sum -r sum`,
      cluster: DEFAULT_CLUSTER,
      needs: ['mawk'],
    }),
    parallelSort({ mapper: MAPPER, reducer: REDUCER, input: 'input.txt' }),
    pipelineSort({ mapper: MAPPER, reducer: REDUCER, input: 'input.txt' }),
    ARRAY_PASS,
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
      name: 'word-count-array',
      about: 'the same',
      metric: 'wall',
      target: { atMost: 0.6 },
      ours: 'ours-sum',
      peers: ['array'],
    },
  ],
};

function makeText({ directory, seed, scale }: InputRequest): void {
  writeLines(join(directory, 'input.txt'), new Text({ seed }), { bytes: BYTES * scale });
}
