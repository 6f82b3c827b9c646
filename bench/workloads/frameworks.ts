import type { Row, Side, Workload } from '../workload.ts';
import { ours, peer } from './sides.ts';
import { textInput, wordCountJob } from './text-input.ts';

interface Framework {
  /** What it does in the table. */
  readonly about: string;
  readonly side: Side;
}

const FRAMEWORKS: readonly Framework[] = [
  {
    about: 'word count, the same mawk programs',
    side: peer({
      id: 'mrjob',
      label: 'mrjob, local runner',
      lines: ['python3 word-count-mrjob.py -q -r local input.txt > mrjob.txt'],
      needs: ['python3:mrjob', 'mawk'],
    }),
  },
  {
    about: 'word count, the same mawk programs',
    side: peer({
      id: 'madoop',
      label: 'madoop',
      lines: [
        'mkdir input && ln input.txt input/ && for f in split-words sum-groups; ' +
          `do printf '#!/bin/sh\\nexec mawk -f "%s"\\n' "$PWD/$f.awk" > $f; chmod +x $f; done && ` +
          'madoop -input input -output madoop -mapper ./split-words -reducer ./sum-groups',
      ],
      result: 'cat madoop/part-* | LC_ALL=C sort',
      needs: ['madoop', 'mawk'],
      writes: ['input', 'madoop'],
    }),
  },
  {
    about: 'word count, its own functions, start-up included',
    side: peer({
      id: 'pyspark',
      label: 'PySpark, local[2]',
      lines: ['python3 word-count-pyspark.py pyspark'],
      result: 'cat pyspark/part-* | LC_ALL=C sort',
      needs: ['python3:pyspark', 'java', 'mawk'],
      writes: ['pyspark'],
    }),
  },
  {
    about: 'word count, SQL',
    side: peer({
      id: 'duckdb',
      label: 'DuckDB, 2 threads',
      lines: ['python3 word-count-duckdb.py duckdb.txt'],
      needs: ['python3:duckdb', 'mawk'],
    }),
  },
];

/** Frameworks that somebody may have instead of a shell; to be known, without a target. */
export const FRAMEWORK_PEERS: Workload = {
  name: 'frameworks',
  about: 'word count of 200 MB of Zipf text, against mrjob, madoop, PySpark and DuckDB',
  programs: [
    'split-words.awk',
    'sum-groups.awk',
    'word-count-mrjob.py',
    'word-count-pyspark.py',
    'word-count-duckdb.py',
  ],
  makeInput: textInput(200e6),
  sides: [
    ours({ id: 'ours', label: 'Muster', job: wordCountJob('mawk'), needs: ['mawk'] }),
    ...FRAMEWORKS.map(({ side }) => side),
  ],
  rows: FRAMEWORKS.map(({ side: { id }, about }): Row => ({
    name: `frameworks-${id}`,
    about,
    metric: 'wall',
    ours: 'ours',
    peers: [id],
  })),
};
