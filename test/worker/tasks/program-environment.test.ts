import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TaskOrderMessage } from '../../../src/worker/tasks/task-result.ts';
import { TaskBench } from './task-bench.ts';

/** Writes its environment where the test finds it, and passes its input on. */
const PROGRAM = `sh -c 'env > "$SEEN/$0"; exec cat'`;

function seen(directory: string, name: string): Record<string, string> {
  const lines = readFileSync(join(directory, name), 'utf8').trimEnd().split('\n');
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

/** What every program of an attempt sees of it. */
function ofAttempt(bench: TaskBench, order: TaskOrderMessage, name: string) {
  const attempt = `${name}.${String(order.attempt)}`;
  return {
    LC_COLLATE: 'C',
    GREETING: 'hello world',
    mapreduce_job_id: 'job-0007',
    mapreduce_job_name: 'count words',
    mapreduce_task_id: name,
    mapreduce_task_attempt_id: attempt,
    mapreduce_task_ismap: String(order.stage === 'map'),
    mapreduce_task_partition: String(order.task_index),
    mapreduce_job_reduces: '3',
    mapreduce_task_output_dir: join(bench.staging, 'attempts', attempt, 'side'),
    mapreduce_worker_id: 'test-1',
  };
}

/** Set by the shell itself, or the guard's own. */
const NOISE = ['PWD', 'OLDPWD', 'SHLVL', '_', 'SEEN', 'MUSTER_GUARD'];

function withoutNoise(environment: Record<string, string>): Record<string, string> {
  const entries = Object.entries(environment).filter(([name]) => !NOISE.includes(name));
  return Object.fromEntries(entries);
}

describe('a real program', () => {
  it('sees the names of Hadoop, the additions of the job and nothing else, in every role', async () => {
    const bench = new TaskBench();
    const own = { PATH: process.env['PATH'], HOME: '/home/w', TZ: 'UTC', SECRET: 'x', LC_ALL: 'C' };
    const context = { ...bench.context, environment: own };
    Object.assign(bench, { context });
    const common = {
      job_name: 'count words',
      environment: { GREETING: 'hello world', SEEN: bench.directory },
      reduces: 3,
    };
    const inherited = { PATH: own.PATH, HOME: '/home/w', TZ: 'UTC' };
    const whole = bench.input('a b', 'one\ntwo\n');
    const map = bench.mapOrder({
      ...common,
      task_index: 12,
      attempt: 2,
      mapper: `${PROGRAM} mapper`,
      combiner: `${PROGRAM} combiner`,
      pieces: [bench.piece(whole.path, 4, 4)],
    });
    await bench.succeed(map);
    const ofMap = { ...inherited, ...ofAttempt(bench, map, 'map-00012') };
    expect(withoutNoise(seen(bench.directory, 'mapper'))).toEqual({
      ...ofMap,
      mapreduce_map_input_file: whole.path,
      mapreduce_map_input_start: '4',
      mapreduce_map_input_length: '4',
    });
    expect(withoutNoise(seen(bench.directory, 'combiner'))).toEqual(ofMap);
    await bench.succeed(bench.mapOrder({ ...common, pieces: [whole] }));
    bench.writeManifest(1);
    const reduce = bench.reduceOrder({ ...common, task_index: 2, reducer: `${PROGRAM} reducer` });
    await bench.succeed(reduce);
    expect(withoutNoise(seen(bench.directory, 'reducer'))).toEqual({
      ...inherited,
      ...ofAttempt(bench, reduce, 'reduce-00002'),
    });
  });
});
