import { expect, test } from 'vitest';
import { MESSAGE_BYTES_MAX } from '../../../src/protocol/limits.ts';
import { FAILURE, map, SUCCESS, WorkerBench } from './worker-bench.ts';

test('an attempt runs in the first free slot and is told step by step', () => {
  const bench = new WorkerBench().serve();
  const attempt = bench.orderMap(0);
  bench.slot(0, attempt, { type: 'started' });
  bench.finish(0, attempt);
  bench.settle(attempt);
  expect(bench.lines()).toEqual([
    'command run job-0001/map-00000.1 in slot 0',
    'command send started job-0001/map-00000.1',
    'command send finished job-0001/map-00000.1',
  ]);
  expect(bench.sent('finished')).toMatchObject([{ ...attempt, outputs: SUCCESS.outputs }]);
});

test('what finds no slot waits, in the order in which it came', () => {
  const bench = new WorkerBench().serve();
  const attempts = [0, 1, 2, 3].map((index) => bench.orderMap(index));
  expect(bench.count('run')).toBe(2);
  bench.finish(1, attempts[1] ?? map(1));
  bench.finish(0, attempts[0] ?? map(0));
  const runs = bench.commands.filter((command) => command.type === 'run');
  expect(runs.map((run) => [run.slot, run.order.task_index])).toEqual([
    [0, 0],
    [1, 1],
    [1, 2],
    [0, 3],
  ]);
});

test('more orders than a Manager should send are kept all the same', () => {
  const bench = new WorkerBench({ slots: 1 }).serve();
  for (let index = 0; index < 10; index += 1) bench.orderMap(index);
  for (let index = 0; index < 10; index += 1) bench.finish(0, map(index));
  expect(bench.sent('finished')).toHaveLength(10);
  expect(bench.lines()).toContain('3 attempts wait for 1 slot');
});

test('the same order twice runs once', () => {
  const bench = new WorkerBench().serve();
  bench.orderMap(0);
  bench.orderMap(0);
  expect(bench.lines()).toEqual([
    'command run job-0001/map-00000.1 in slot 0',
    'Ignored a second order for job-0001/map-00000.1: it is running',
  ]);
});

test('progress travels in batches, at most every 500 ms, and only while something changes', () => {
  const bench = new WorkerBench().serve();
  const before = bench.sent('progress').length;
  const first = bench.orderMap(0);
  const second = bench.orderMap(1);
  for (let percent = 1; percent <= 100; percent += 1) {
    const progress = { bytesRead: percent, bytesWritten: 0, status: 'busy' };
    bench.slot(0, first, { type: 'progress', ...progress });
    bench.slot(1, second, { type: 'progress', ...progress });
    bench.advanceServed(10);
  }
  bench.advanceServed(2000);
  const batches = bench.sent('progress').slice(before);
  expect(batches).toHaveLength(2);
  expect(batches.at(-1)?.attempts).toMatchObject([
    { task_index: 0, bytes_read: 100, status: 'busy' },
    { task_index: 1, bytes_read: 100 },
  ]);
});

test('progress is told anew to the next registration', () => {
  const bench = new WorkerBench().serve();
  const attempt = bench.orderMap(0);
  bench.slot(0, attempt, { type: 'progress', bytesRead: 7, bytesWritten: 1, status: '' });
  bench.advanceServed(1000);
  bench.disconnect();
  bench.connect();
  bench.acknowledgeRegistration();
  expect(bench.sent('progress').at(-1)?.attempts).toMatchObject([{ ...attempt, bytes_read: 7 }]);
});

test('finished and failed are said again on every registration until they are settled', () => {
  const bench = new WorkerBench().serve();
  const [good, bad] = [bench.orderMap(0), bench.orderMap(1)];
  bench.finish(0, good);
  bench.slot(1, bad, { type: 'ended', result: FAILURE });
  for (let round = 0; round < 2; round += 1) {
    bench.disconnect();
    bench.serve({ epoch: 2 + round });
  }
  expect(bench.sent('finished').map((message) => message.epoch)).toEqual([1, 2, 3]);
  expect(bench.sent('failed').map((message) => message.cause.text)).toEqual([
    'exit code 3',
    'exit code 3',
    'exit code 3',
  ]);
  const numbers = [...bench.sent('finished'), ...bench.sent('failed')].map((one) => one.number);
  expect(new Set(numbers).size).toBe(6);

  bench.settle(good);
  bench.settle(bad, 'discard');
  bench.disconnect();
  bench.serve();
  expect(bench.sent('finished')).toHaveLength(3);
  expect(bench.sent('register').at(-1)?.attempts).toEqual([]);
});

test('without a Manager work goes on, and its results wait', () => {
  const bench = new WorkerBench({ slots: 1 }).serve();
  const [first, second] = [bench.orderMap(0), bench.orderMap(1)];
  bench.disconnect();
  bench.finish(0, first);
  expect(bench.count('run')).toBe(2);
  bench.slot(0, second, { type: 'started' });
  bench.finish(0, second);
  expect(bench.sent('finished')).toEqual([]);
  bench.serve();
  expect(bench.sent('finished').map((message) => message.task_index)).toEqual([0, 1]);
});

test('the next registration hears again what was started', () => {
  const bench = new WorkerBench().serve();
  const [early, late] = [bench.orderMap(0), bench.orderMap(1)];
  bench.slot(0, early, { type: 'started' });
  bench.disconnect();
  bench.slot(1, late, { type: 'started' });
  bench.serve();
  expect(bench.sent('started').map((message) => message.task_index)).toEqual([0, 0, 1]);
});

test('an attempt that is gone between registration and its answer is returned after it', () => {
  const bench = new WorkerBench().serve();
  const attempt = bench.orderMap(0);
  bench.cancel(attempt);
  bench.disconnect();
  bench.connect();
  bench.slot(0, attempt, { type: 'ended', result: { outcome: 'killed' } });
  expect(bench.sent('returned')).toEqual([]);
  bench.acknowledgeRegistration();
  expect(bench.sent('returned')).toMatchObject([{ ...attempt }]);
});

test('a settled attempt that is not waiting is ignored', () => {
  const bench = new WorkerBench().serve();
  bench.settle(map(9));
  expect(bench.lines()).toEqual(['Ignored "settled" of an attempt that is not waiting (1 so far)']);
});

test('a queued attempt that is cancelled goes back unstarted', () => {
  const bench = new WorkerBench({ slots: 1 }).serve();
  bench.orderMap(0);
  const queued = bench.orderMap(1);
  bench.cancel(queued);
  expect(bench.sent('returned')).toMatchObject([{ ...queued, was_started: false }]);
  bench.finish(0, map(0));
  expect(bench.count('run')).toBe(1);
});

test('a recall takes what waits for a slot, and leaves alone what has one or is done', () => {
  const bench = new WorkerBench({ slots: 1 }).serve();
  const [running, queued] = [bench.orderMap(0), bench.orderMap(1)];
  for (const attempt of [running, queued]) bench.recall(attempt);
  expect(bench.sent('returned')).toMatchObject([{ ...queued, was_started: false }]);
  expect(bench.count('kill')).toBe(0);
  bench.finish(0, running);
  bench.recall(running);
  bench.disconnect();
  bench.serve();
  expect(bench.sent('finished')).toHaveLength(2);
});

test('a running attempt that is cancelled is killed, and goes back when its slot says so', () => {
  const bench = new WorkerBench().serve();
  const attempt = bench.orderMap(0);
  bench.slot(0, attempt, { type: 'started' });
  bench.cancel(attempt, 'another attempt won');
  bench.cancel(attempt, 'said twice');
  expect(bench.commands.filter((command) => command.type === 'kill')).toEqual([
    { type: 'kill', attempt, reason: 'another attempt won' },
  ]);
  expect(bench.sent('returned')).toEqual([]);
  bench.slot(0, attempt, { type: 'ended', result: { outcome: 'killed' } });
  expect(bench.sent('returned')).toMatchObject([{ ...attempt, was_started: true }]);
});

test('an attempt killed before its program ran was not started', () => {
  const bench = new WorkerBench().serve();
  const attempt = bench.orderMap(0);
  bench.cancel(attempt);
  bench.slot(0, attempt, { type: 'ended', result: { outcome: 'killed' } });
  expect(bench.sent('returned')).toMatchObject([{ was_started: false }]);
});

test.each([SUCCESS, FAILURE])(
  'an attempt that ends as $outcome while it is killed goes back',
  (result) => {
    const bench = new WorkerBench().serve();
    const attempt = bench.orderMap(0);
    bench.cancel(attempt);
    bench.slot(0, attempt, { type: 'ended', result });
    expect(bench.sent('returned')).toHaveLength(1);
    expect([...bench.sent('finished'), ...bench.sent('failed')]).toEqual([]);
  },
);

test('a finished attempt that is cancelled is forgotten without a word', () => {
  const bench = new WorkerBench().serve();
  const attempt = bench.orderMap(0);
  bench.finish(0, attempt);
  bench.cancel(attempt);
  bench.disconnect();
  bench.serve();
  expect(bench.sent('finished')).toHaveLength(1);
  expect(bench.sent('returned')).toEqual([]);
});

test('an unknown attempt that is cancelled is returned, so that the Manager can close its books', () => {
  const bench = new WorkerBench().serve();
  bench.cancel(map(5, 2));
  expect(bench.sent('returned')).toMatchObject([{ ...map(5, 2), was_started: false }]);
});

test('a program that died without anybody asking makes the Worker unfit, not the program failed', () => {
  const bench = new WorkerBench().serve();
  const attempt = bench.orderMap(0);
  bench.slot(0, attempt, { type: 'ended', result: { outcome: 'killed' } });
  expect(bench.sent('failed')).toMatchObject([{ ...attempt, outcome: 'unfit' }]);
});

test('a slot that speaks of an attempt it does not have is ignored', () => {
  const bench = new WorkerBench().serve();
  const attempt = bench.orderMap(0);
  bench.finish(1, attempt);
  bench.slot(0, map(0, 2), { type: 'started' });
  expect(bench.sent('finished')).toEqual([]);
  expect(bench.sent('started')).toEqual([]);
  bench.finish(0, attempt);
  expect(bench.sent('finished')).toHaveLength(1);
});

test('another cluster at the same address inherits nothing', () => {
  const bench = new WorkerBench().serve();
  const [running, finished] = [bench.orderMap(0), bench.orderMap(1)];
  bench.finish(1, finished);
  bench.disconnect();
  bench.serve({ cluster_id: 'cluster-2', epoch: 1 });
  expect(bench.commands.filter((command) => command.type === 'kill')).toMatchObject([
    { attempt: running },
  ]);
  bench.slot(0, running, { type: 'ended', result: { outcome: 'killed' } });
  expect(bench.sent('finished')).toHaveLength(1);
  expect(bench.sent('returned')).toEqual([]);
  bench.disconnect();
  bench.connect();
  expect(bench.sent('register').at(-1)).toMatchObject({ cluster_id: 'cluster-2', attempts: [] });
});

test('an attempt of a new cluster waits until its namesake of the old one is gone', () => {
  const bench = new WorkerBench().serve();
  const old = bench.orderMap(0);
  bench.disconnect();
  bench.serve({ cluster_id: 'cluster-2', epoch: 1 });
  const namesake = bench.orderMap(0);
  expect(bench.count('run')).toBe(1);
  bench.finish(0, old);
  expect(bench.sent('finished')).toEqual([]);
  expect(bench.count('run')).toBe(2);
  bench.finish(0, namesake);
  expect(bench.sent('finished')).toMatchObject([{ ...namesake }]);
});

test('more output files than a message holds fail the attempt by name', () => {
  const bench = new WorkerBench().serve();
  const attempt = bench.orderMap(0);
  const outputs = Array.from({ length: 20_000 }, (_, index) => ({
    name: `side/${'x'.repeat(60)}${String(index)}`,
    bytes: 1,
    records: 1,
    crc32: 1,
  }));
  bench.slot(0, attempt, { type: 'ended', result: { ...SUCCESS, outputs } });
  expect(bench.sent('failed')).toMatchObject([
    { cause: { text: 'Cannot report 20000 output files: more than one message holds' } },
  ]);
});

test('a long stderr loses its oldest lines, never its last', () => {
  const bench = new WorkerBench().serve();
  const attempt = bench.orderMap(0);
  const stderr_tail = Array.from(
    { length: 2000 },
    (_, index) => `${'é'.repeat(2000)} ${String(index)}`,
  );
  bench.slot(0, attempt, { type: 'ended', result: { ...FAILURE, stderr_tail } });
  const [message] = bench.sent('failed');
  expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThanOrEqual(MESSAGE_BYTES_MAX);
  expect(message?.stderr_tail.at(-1)).toMatch(/ 1999$/);
  expect(message?.stderr_tail.length).toBeGreaterThan(50);
});
