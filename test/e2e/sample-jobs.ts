import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { BIN, type Cluster, type Outcome, Program, stop } from './cluster.ts';
import { shell } from './shell.ts';

/** The samples as jobs: what the tests run on daemons and compare with what make-expected.sh made. */
export interface SampleJob {
  readonly name: string;
  /** Below the folder of the data, which is `samples/` or one like it with more in it. */
  readonly inputs: readonly string[];
  /** The program that runs the job, instead of `mapreduce-submit`: `PROGRAM... INPUT OUTPUT OPTION...` */
  readonly script: readonly string[] | undefined;
  /** Options of `mapreduce-submit` that make it this job. */
  readonly options: readonly string[];
  /** A line of shell that prints the right answer, in the folder of the data. */
  readonly oracle: string;
  /** Whether its parts concatenated by name are the answer with any number of reducers. */
  readonly isOrdered: boolean;
  readonly isMapOnly: boolean;
  /** Whether keys grow with the input, so that a small sort buffer spills. */
  readonly hasManyKeys: boolean;
  /** An interpreter that is not on this machine. */
  readonly missing: string | undefined;
}

export const SAMPLES_ROOT = join(import.meta.dirname, '../../samples');
export const TEXT = join(SAMPLES_ROOT, 'texts/opticks.txt');

export const SAMPLES: readonly SampleJob[] = [
  wordCount('sh', 'sh'),
  wordCount('awk', 'awk'),
  wordCount('py', 'python3'),
  wordCount('js', 'node'),
  sample('grep, the lines', 'texts/opticks.txt', 'grep/expected/lines.txt', {
    options: ['-m', `${program('grep/map.sh')} Refrangib`],
    isMapOnly: true,
    isOrdered: true,
  }),
  sample('grep, counted', 'texts/opticks.txt', 'grep/expected/matches.txt', {
    options: [
      ...['-m', `${program('grep/map-matches.sh')} '[Rr]ef[lr][a-z]*'`],
      ...['-r', program('grep/reduce.sh')],
    ],
    hasManyKeys: true,
  }),
  sample('inverted index', 'inverted-index/documents', 'inverted-index/expected/index.txt', {
    options: [
      ...['-m', program('inverted-index/map.py'), '-r', program('inverted-index/reduce.awk')],
      '--sort-values',
    ],
    missing: unlessThere('python3'),
  }),
  sample('join', 'join/customers.csv join/orders.csv', 'join/expected/rows.csv', {
    options: [
      ...['-m', program('join/map.awk'), '-r', program('join/reduce.awk')],
      '--sort-values',
    ],
    hasManyKeys: true,
  }),
  sample('sort', 'texts/opticks.txt', '', {
    options: ['-m', 'cat', '-r', 'identity', '--key-fields', '0', '--total-order'],
    oracle: 'LC_ALL=C sort texts/opticks.txt',
    isOrdered: true,
    hasManyKeys: true,
  }),
  sample('log analysis, top paths', 'log-analysis/access.log', 'log-analysis/expected/paths.txt', {
    options: ['-m', program('log-analysis/map-paths.awk'), '-r', 'sum', '--combiner', 'sum'],
  }),
  sample('log analysis, errors', 'log-analysis/access.log', 'log-analysis/expected/hours.txt', {
    options: [
      ...['-m', program('log-analysis/map-hours.pl')],
      ...['--combiner', program('log-analysis/combine-hours.awk')],
      ...['-r', program('log-analysis/reduce-hours.awk')],
    ],
    missing: unlessThere('perl'),
  }),
  sample('sessions', 'sessions/clicks.csv', 'sessions/expected/sessions.csv', {
    options: [
      ...['-m', 'cat', '-r', program('sessions/reduce.mjs')],
      ...['--separator', ',', '--sort-values'],
    ],
    hasManyKeys: true,
  }),
  sample('distinct users', 'sessions/clicks.csv', 'distinct-users/expected/days.txt', {
    options: [
      ...['-m', program('distinct-users/map.sh'), '--combiner', 'distinct'],
      ...['-r', program('distinct-users/reduce.py'), '--sort-values'],
    ],
    missing: unlessThere('python3'),
  }),
  sample('top-N', 'texts/opticks.txt', 'top-n/expected/top-10.txt', {
    script: [program('top-n/run.sh'), '10'],
    isOrdered: true,
  }),
];

function wordCount(language: string, interpreter: string): SampleJob {
  return sample(
    `word count in ${language}`,
    'texts/opticks.txt',
    'word-count/expected/opticks.txt',
    {
      options: [
        ...['-m', program(`word-count/map.${language}`)],
        ...['-r', program(`word-count/reduce.${language}`)],
      ],
      hasManyKeys: true,
      missing: unlessThere(interpreter),
    },
  );
}

function sample(
  name: string,
  inputs: string,
  expected: string,
  rest: Partial<SampleJob>,
): SampleJob {
  return {
    name,
    inputs: inputs.split(' '),
    oracle: `cat ${expected}`,
    script: undefined,
    options: [],
    isOrdered: false,
    isMapOnly: false,
    hasManyKeys: false,
    missing: undefined,
    ...rest,
  };
}

function program(path: string): string {
  return join(SAMPLES_ROOT, path);
}

function unlessThere(interpreter: string): string | undefined {
  return spawnSync('sh', ['-c', `command -v ${interpreter}`]).status === 0
    ? undefined
    : interpreter;
}

/** Runs a sample on a cluster, over the inputs in the folder `data`. */
export async function runSample(
  cluster: Cluster,
  { inputs, script, options }: SampleJob,
  data: string,
  output: string,
  ...more: readonly string[]
): Promise<Outcome> {
  const paths = inputs.map((path) => join(data, path));
  if (script === undefined) {
    const job = paths.flatMap((path) => ['-i', path]);
    return await cluster.submit([...job, '-o', output, ...options, ...more]);
  }
  const [executable = '', ...words] = script;
  const address = ['--manager-port', String(cluster.port)];
  const running = new Program(executable, [...words, ...paths, output, ...address, ...more], {
    env: { PATH: `${BIN}${delimiter}${process.env['PATH'] ?? ''}` },
  });
  onTestFinished(() => stop(running));
  return { code: await running.exited, stdout: running.stdout, stderr: running.stderr };
}

/** The right answer of a sample over the inputs in the folder `data`, in latin1. */
export function answerOf({ oracle }: SampleJob, data: string): string {
  return shell(oracle, data);
}
