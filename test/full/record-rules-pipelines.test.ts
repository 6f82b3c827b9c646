import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run, sharedScratch } from '../e2e/cluster.ts';
import { parts, shell } from '../e2e/shell.ts';
import { needsFullRun } from '../needs.ts';

/** Jobs with other separators, keys and orders, against `LC_ALL=C sort` with the like options. */

beforeEach(needsFullRun);
const directory = sharedScratch();

/** Lines of three fields, with fields missing here and there; no line ends with a separator. */
function lines(separator: string): string {
  let text = '';
  for (let line = 0; line < 4000; line++) {
    const fields = [`k${String((line * 7919) % 50)}`, `f${String(line % 3)}`];
    const value = (line * 104_729) % 1000;
    text += `${[...fields, String(value)].slice(0, line % 41 === 0 ? 1 : 3).join(separator)}\n`;
  }
  return text;
}

interface Case {
  readonly name: string;
  readonly separator: string;
  readonly options: readonly string[];
  readonly reducer: string;
  readonly combiner?: string;
  readonly reducers?: number;
  /** What stands between the mapper and the reducer in a pipeline. */
  readonly sort: string;
}

const CASES: readonly Case[] = [
  {
    name: '--separator of two bytes',
    separator: '::',
    options: ['--separator', '::'],
    reducer: 'cat',
    sort: `sed 's/::/\\t/' | sort -s -t '\t' -k1,1 | sed 's/\\t/::/'`,
  },
  {
    name: '--key-fields 2',
    separator: '\t',
    options: ['--key-fields', '2'],
    reducer: 'cut -f 1,3',
    sort: `sort -s -t '\t' -k1,2`,
  },
  {
    name: '--key-fields 0',
    separator: '\t',
    options: ['--key-fields', '0'],
    combiner: 'cat',
    reducer: 'uniq -c',
    sort: 'sort',
  },
  {
    name: '--sort-values',
    separator: '\t',
    options: ['--sort-values'],
    reducer: 'cat',
    sort: `sort -s -t '\t' -k1,1 -k2`,
  },
  {
    name: '--sort-values with a combiner that reverses them',
    separator: '\t',
    options: ['--sort-values'],
    combiner: `awk -F '\\t' '$1 != k { printf "%s", t; t = ""; k = $1 } { t = $0 "\\n" t } END { printf "%s", t }'`,
    reducer: 'cat',
    sort: `sort -s -t '\t' -k1,1 -k2`,
  },
  {
    name: '--separator , --key-fields 2 --sort-values --total-order and 3 reducers',
    separator: ',',
    options: ['--separator', ',', '--key-fields', '2', '--sort-values', '--total-order'],
    reducers: 3,
    reducer: 'cat',
    sort: 'sort -s -t, -k1,2 -k3',
  },
];

describe.for(CASES)(
  'a job with $name',
  ({ name, separator, options, reducers, combiner, reducer, sort }) => {
    let input: string;
    beforeAll(async () => {
      input = join(directory(), 'input.txt');
      await writeFile(input, lines(separator));
    });

    it('equals its pipeline', async () => {
      const expected = shell(`export LC_ALL=C; cat '${input}' | ${sort} | ${reducer} | cat`);
      const output = join(
        directory(),
        `out-${String(CASES.findIndex((one) => one.name === name))}`,
      );
      const outcome = await run('mapreduce-submit', [
        ...['--local', '-q', '-i', input, '-o', output, '-m', 'cat', '-r', reducer],
        ...[...options, ...(combiner === undefined ? [] : ['--combiner', combiner])],
        ...[
          '--num-reducers',
          String(reducers ?? 1),
          '--num-mappers',
          '3',
          '--slots',
          '2',
          '--sort-buffer',
          '1M',
        ],
      ]);
      expect(outcome).toMatchObject({ code: 0, stdout: '' });
      expect(parts(output)).toBe(expected);
    });
  },
);
