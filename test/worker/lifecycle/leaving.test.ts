import { expect, test } from 'vitest';
import { SUCCESS, WorkerBench } from './worker-bench.ts';

test('an idle Worker that is told to stop says goodbye and exits with 0', () => {
  const bench = new WorkerBench().serve();
  bench.push({ type: 'stop_requested' });
  expect(bench.lines().slice(-2)).toEqual(['command send goodbye', 'command exit 0']);
  expect(bench.core.nextDeadlineMs()).toBeUndefined();
});

test('a Worker that never found a Manager stops at once', () => {
  const bench = new WorkerBench();
  bench.push({ type: 'tick' });
  bench.push({ type: 'stop_requested' });
  expect(bench.commands.at(-1)).toEqual({ type: 'exit', code: 0 });
  expect(bench.sent('goodbye')).toEqual([]);
});

test('a Worker that is told to stop hands back what waits and finishes what runs', () => {
  const bench = new WorkerBench({ slots: 1 }).serve();
  const running = bench.orderMap(0);
  const queued = bench.orderMap(1);
  bench.push({ type: 'stop_requested' });
  expect(bench.sent('returned')).toMatchObject([{ ...queued, was_started: false }]);
  expect(bench.sent('ready').at(-1)?.problem).toBe('This Worker is stopping');
  expect(bench.count('kill')).toBe(0);

  bench.advanceServed(3_600_000);
  expect(bench.count('exit')).toBe(0);
  bench.finish(0, running);
  expect(bench.count('exit')).toBe(0);
  bench.settle(running);
  expect(bench.lines().slice(-2)).toEqual(['command send goodbye', 'command exit 0']);
});

test('a stopping Worker takes no new task', () => {
  const bench = new WorkerBench().serve();
  bench.orderMap(0);
  bench.push({ type: 'stop_requested' });
  bench.orderMap(1);
  expect(bench.count('run')).toBe(1);
  expect(bench.sent('returned')).toMatchObject([{ task_index: 1, was_started: false }]);
});

test('a stopping Worker that comes back after a disconnect still takes no tasks', () => {
  const bench = new WorkerBench().serve();
  bench.orderMap(0);
  bench.push({ type: 'stop_requested' });
  bench.disconnect();
  bench.serve();
  expect(bench.sent('ready').at(-1)?.problem).toBe('This Worker is stopping');
});

test('a result that nobody settles holds a stopping Worker for 10 s only', () => {
  const bench = new WorkerBench().serve();
  const running = bench.orderMap(0);
  bench.push({ type: 'stop_requested' });
  bench.disconnect();
  bench.finish(0, running);
  bench.advance(9_999);
  expect(bench.count('exit')).toBe(0);
  bench.advance(1);
  expect(bench.commands.at(-1)).toEqual({ type: 'exit', code: 0 });
});

test('the second signal kills what runs', () => {
  const bench = new WorkerBench().serve();
  const running = bench.orderMap(0);
  bench.slot(0, running, { type: 'started' });
  bench.push({ type: 'stop_requested' });
  bench.push({ type: 'stop_requested' });
  expect(bench.count('kill')).toBe(1);
  bench.push({ type: 'stop_requested' });
  expect(bench.count('kill')).toBe(1);
  bench.slot(0, running, { type: 'ended', result: { outcome: 'killed' } });
  expect(bench.lines().slice(-3)).toEqual([
    'command send returned job-0001/map-00000.1: was started',
    'command send goodbye',
    'command exit 0',
  ]);
});

test('shutdown kills what runs, drops what waits and exits with 0', () => {
  const bench = new WorkerBench({ slots: 1 }).serve();
  const running = bench.orderMap(0);
  bench.orderMap(1);
  bench.order({ message_type: 'shutdown', ...bench.numbered() });
  expect(bench.count('kill')).toBe(1);
  bench.slot(0, running, { type: 'ended', result: SUCCESS });
  expect(bench.count('run')).toBe(1);
  expect(bench.lines().slice(-2)).toEqual(['command send goodbye', 'command exit 0']);
});

test('shutdown waits 2 s for a slot that does not end, then leaves without it', () => {
  const bench = new WorkerBench().serve();
  bench.orderMap(0);
  bench.order({ message_type: 'shutdown', ...bench.numbered() });
  bench.advanceServed(1_999);
  expect(bench.count('exit')).toBe(0);
  bench.advanceServed(1);
  expect(bench.lines().slice(-3)).toEqual([
    'Leaving with 1 attempts that do not end',
    'command send goodbye',
    'command exit 0',
  ]);
});

test('shutdown does not wait for results to be settled', () => {
  const bench = new WorkerBench().serve();
  bench.finish(0, bench.orderMap(0));
  bench.order({ message_type: 'shutdown', ...bench.numbered() });
  expect(bench.commands.at(-1)).toEqual({ type: 'exit', code: 0 });
});

test('nothing follows the exit', () => {
  const bench = new WorkerBench().serve();
  const running = bench.orderMap(0);
  bench.push({ type: 'stop_requested' });
  bench.push({ type: 'stop_requested' });
  bench.slot(0, running, { type: 'ended', result: { outcome: 'killed' } });
  const count = bench.commands.length;
  bench.disconnect();
  bench.push({ type: 'stop_requested' });
  bench.push({ type: 'tick' });
  bench.orderMap(4);
  expect(bench.commands).toHaveLength(count);
});
