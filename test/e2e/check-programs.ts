import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Outcome, run } from './cluster.ts';

/** Jobs for `--check`: right ones, and one for every way to be wrong. All read {@link visits}. */

/** Lines like `Monday ann /docs/3 17 0.1`: day, user, page, bytes, seconds. */
export function visits(lines: number): string {
  const days = ['Monday', 'Tuesday', 'Wednesday'];
  const users = ['ann', 'bob', 'cid', 'dan', 'eve'];
  const line = (index: number): string =>
    [
      days[index % 3],
      users[(index * 7) % 5],
      `/docs/${String((index * index) % 11)}`,
      String((index * 37) % 101),
      String(((index * 13) % 7) / 10),
    ].join(' ');
  return Array.from({ length: lines }, (_, index) => `${line(index)}\n`).join('');
}

export interface CheckedJob {
  readonly name: string;
  /** Options of the job, without input and output. */
  readonly job: readonly string[];
  /** A program that is not on this machine. */
  readonly missing?: string | undefined;
}

export interface WrongJob extends CheckedJob {
  /** What the report has to say: who, and what. */
  readonly broken: string;
}

/** A reducer in awk: `begin` for each key, `value` for each record in `$2`, `end` to print. */
function reducer(begin: string, value: string, end: string): string {
  const loop = `NR == 1 || $1 "" != k { if (NR > 1) { ${end} } k = $1 ""; ${begin} } { ${value} }`;
  return `awk -F'\\t' '${loop} END { if (NR > 0) { ${end} } }'`;
}

const BYTES_OF_USER = `awk '{ print $2 "\\t" $4 }'`;
const PAGES_OF_USER = `awk '{ print $2 "\\t" $3 }'`;
const ADD = reducer('s = 0', 's += $2', 'print k "\\t" s');
const MEAN = reducer('s = n = 0', 's += $2; n++', 'print k "\\t" s / n');
const LARGEST = reducer('m = $2', 'if ($2 > m) m = $2', 'print k "\\t" m');

export const RIGHT_JOBS: readonly CheckedJob[] = [
  { name: 'built-in sum', job: ['-m', BYTES_OF_USER, '-r', 'sum', '--combiner', 'sum'] },
  { name: 'built-in count', job: ['-m', PAGES_OF_USER, '-r', 'count', '--combiner', 'count'] },
  { name: 'built-in min', job: ['-m', BYTES_OF_USER, '-r', 'min', '--combiner', 'min'] },
  {
    name: 'a sum with itself as combiner',
    job: ['-m', BYTES_OF_USER, '-r', ADD, '--combiner', ADD],
  },
  { name: 'a maximum', job: ['-m', BYTES_OF_USER, '-r', LARGEST, '--combiner', LARGEST] },
  { name: 'a mean without combiner', job: ['-m', BYTES_OF_USER, '-r', MEAN] },
  {
    name: 'a sort',
    job: ['-m', 'identity', '-r', 'identity', '--total-order', '--key-fields', '0'],
  },
  {
    name: 'an inverted index whose reducer sorts',
    job: [
      ...['-m', `awk '{ print $3 "\\t" $2 }'`],
      ...['-r', `sh -c "LC_ALL=C sort -u | awk -F'\\t' '{ print }'"`],
    ],
  },
  {
    name: 'distinct users of a day',
    job: [
      ...['-m', `awk '{ print $1 "\\t" $2 }'`],
      ...['-r', reducer('n = 0; split("", seen)', 'if (!seen[$2]++) n++', 'print k "\\t" n')],
    ],
  },
  {
    name: 'the three first values of a key with --sort-values',
    job: ['-m', BYTES_OF_USER, '-r', reducer('n = 0', 'if (n++ < 3) print', ''), '--sort-values'],
  },
  {
    name: 'a mapper whose lines come in any order',
    job: [
      '-m',
      `python3 -c 'import sys; [print(w + "\\t1") for w in {l.split()[2] for l in sys.stdin}]'`,
      '-r',
      'distinct',
    ],
    missing: spawnSync('python3', ['--version']).status === 0 ? undefined : 'python3',
  },
  {
    name: 'a mapper that adds up by itself',
    job: [
      ...['-m', `awk '{ s[$2] += $4 } END { for (user in s) print user "\\t" s[user] }'`],
      ...['-r', 'sum'],
    ],
  },
];

export const WRONG_JOBS: readonly WrongJob[] = [
  {
    name: 'a mapper that numbers lines',
    job: ['-m', `awk '{ print NR "\\t" $3 }'`, '-r', 'identity'],
    broken: 'mapper: state across lines',
  },
  {
    name: 'a mapper that takes its first line for a header',
    job: ['-m', `awk 'NR > 1 { print $2 "\\t" $4 }'`, '-r', 'sum'],
    broken: 'mapper: state across lines',
  },
  {
    name: 'a mapper that writes its process id',
    job: ['-m', `sh -c 'sed "s/^/$$ /"'`, '-r', 'identity'],
    broken: 'mapper: output differs between runs',
  },
  {
    name: 'a reducer that writes the time',
    job: ['-m', PAGES_OF_USER, '-r', `sh -c 'cut -f 1 | uniq | sed "s/$/ $(date +%s)/"'`],
    broken: 'reducer: output differs between runs',
  },
  {
    name: 'a reducer that takes the first value',
    job: ['-m', PAGES_OF_USER, '-r', reducer('v = $2', '', 'print k "\\t" v')],
    broken: 'reducer: order of values',
  },
  {
    name: 'a reducer with a running total',
    job: ['-m', BYTES_OF_USER, '-r', reducer('', 's += $2', 'print k "\\t" s')],
    broken: 'reducer: state across keys',
  },
  {
    name: 'a reducer that ends with a grand total',
    job: ['-m', BYTES_OF_USER, '-r', `awk '{ s += $2; print } END { print "all " s }'`],
    broken: 'reducer: state across keys',
  },
  {
    name: 'a mean of means',
    job: ['-m', BYTES_OF_USER, '-r', MEAN, '--combiner', MEAN],
    broken: 'combiner: the combiner is not associative',
  },
  {
    name: 'a combiner that writes values of another form',
    job: [
      ...['-m', PAGES_OF_USER, '-r', reducer('n = 0', 'n++', 'print k "\\t" n')],
      ...['--combiner', reducer('n = 0', 'n++', 'print k "\\tcount=" n')],
    ],
    broken: 'combiner: the combiner changes the result',
  },
];

/** The job of that name. */
export function named<T extends CheckedJob>(jobs: readonly T[], name: string): T {
  const found = jobs.find((job) => job.name === name);
  if (found === undefined) throw new Error(`There is no "${name}"`);
  return found;
}

/** Checks a job on 120 {@link visits}, `visits.txt` in the directory. */
export async function checkOnVisits(
  directory: string,
  ...job: readonly string[]
): Promise<Outcome> {
  const input = join(directory, 'visits.txt');
  await writeFile(input, visits(120));
  return run('mapreduce-submit', ['--check', '-i', input, ...job], { env: { TMPDIR: directory } });
}
