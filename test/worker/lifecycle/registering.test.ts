import { expect, test } from 'vitest';
import { INTERVAL_MS, WorkerBench } from './worker-bench.ts';

test('a Worker registers with everything the Manager must know', () => {
  const bench = new WorkerBench();
  bench.connect();
  expect(bench.sent('register')).toEqual([
    {
      message_type: 'register',
      worker_id: 'node2-1',
      nonce: 'nonce-a',
      protocol_version: 1,
      slots: 2,
      capabilities: ['gzip'],
      host: '127.0.0.1',
      port: 40_001,
      cluster_id: null,
      received: 0,
      attempts: [],
    },
  ]);
});

test('a registered Worker reads the token and then is ready', () => {
  const bench = new WorkerBench();
  bench.connect();
  bench.acknowledgeRegistration();
  expect(bench.commands).toContainEqual({
    type: 'read_token',
    connection: 1,
    sharedDirectory: '/share/m',
  });
  expect(bench.sent('ready')).toEqual([]);
  bench.seeDirectory();
  expect(bench.sent('ready')).toMatchObject([{ problem: null, epoch: 1, nonce: 'nonce-a' }]);
});

test('the Manager learns at once where the numbers of this Worker stand', () => {
  const bench = new WorkerBench().serve();
  bench.disconnect();
  bench.connect();
  bench.acknowledgeRegistration();
  const [first, again] = bench.sent('progress');
  expect(first).toMatchObject({ number: 1, attempts: [] });
  expect(again).toMatchObject({ number: 3, attempts: [] });
});

test('another directory under the same path makes a Worker blind, and it looks again every 5 s', () => {
  const bench = new WorkerBench();
  bench.connect();
  bench.acknowledgeRegistration();
  bench.seeDirectory('somebody else');
  const problem =
    `Cannot see the Manager's shared directory "/share/m" on node2: ` +
    `another directory lies there. Mount it at the same path.`;
  expect(bench.sent('ready').map((ready) => ready.problem)).toEqual([problem]);
  expect(bench.lines()).toContain(problem);

  bench.advanceServed(4999);
  expect(bench.count('read_token')).toBe(1);
  bench.advanceServed(1);
  expect(bench.count('read_token')).toBe(2);
  bench.push({ type: 'token_read', connection: 1, result: { reason: 'permission denied' } });
  expect(bench.sent('ready').at(-1)?.problem).toContain('permission denied');

  bench.advanceServed(5000);
  bench.seeDirectory();
  expect(bench.sent('ready').at(-1)?.problem).toBeNull();
  bench.advanceServed(60_000);
  expect(bench.count('read_token')).toBe(3);
});

test('a blind Worker says the same problem only once', () => {
  const bench = new WorkerBench();
  bench.connect();
  bench.acknowledgeRegistration();
  for (let look = 0; look < 4; look += 1) {
    bench.seeDirectory('somebody else');
    bench.advanceServed(5000);
  }
  expect(bench.sent('ready')).toHaveLength(1);
  expect(bench.lines().filter((line) => line.startsWith('Cannot see'))).toHaveLength(1);
});

test('a file system that does not answer is a problem, and its late answer ends it', () => {
  const bench = new WorkerBench();
  bench.connect();
  bench.acknowledgeRegistration();
  bench.advanceServed(5000);
  expect(bench.sent('ready').map((ready) => ready.problem)).toEqual([
    expect.stringContaining('no answer from the file system'),
  ]);
  bench.advanceServed(60_000);
  expect(bench.count('read_token')).toBe(1);
  bench.seeDirectory();
  expect(bench.sent('ready').at(-1)?.problem).toBeNull();
});

test('a task for a blind Worker goes straight back', () => {
  const bench = new WorkerBench();
  bench.connect();
  bench.acknowledgeRegistration();
  bench.seeDirectory('somebody else');
  bench.orderMap(0);
  expect(bench.count('run')).toBe(0);
  expect(bench.sent('returned')).toMatchObject([{ task_index: 0, was_started: false }]);
});

test('a Worker without Manager says so once and then every 30 s, trying at least every second', () => {
  const bench = new WorkerBench();
  const refuse = (): void => bench.disconnect('connection refused');
  const endMs = 65_000;
  for (;;) {
    const deadlineMs = bench.core.nextDeadlineMs() ?? Infinity;
    if (deadlineMs > endMs) break;
    bench.nowMs = deadlineMs;
    bench.push({ type: 'tick' });
    refuse();
  }
  expect(bench.lines()).toEqual(
    Array.from({ length: 3 }, () => 'Waiting for a Manager at 127.0.0.1:6000: connection refused'),
  );
  expect(bench.count('connect')).toBeGreaterThan(65);
  expect(bench.count('connect')).toBeLessThan(150);
});

test('two Workers do not knock at the same times', () => {
  const times = [1, 2].map((seed) => {
    const bench = new WorkerBench({ seed });
    bench.push({ type: 'tick' });
    bench.disconnect('connection refused');
    return bench.core.nextDeadlineMs();
  });
  expect(new Set(times).size).toBe(2);
});

test('a connection or registration that is never answered is given up', () => {
  const bench = new WorkerBench();
  bench.advance(5000);
  expect(bench.commands.at(-2)).toMatchObject({ type: 'disconnect', connection: 1 });
  bench.connect();
  expect(bench.connection).toBe(2);
  bench.advance(5000);
  expect(bench.commands.findLast((command) => command.type === 'disconnect')).toMatchObject({
    connection: 2,
    reason: 'no answer to the registration',
  });
});

test('a Manager of another protocol version ends the Worker with 2 and both numbers', () => {
  const bench = new WorkerBench();
  bench.connect();
  bench.push({
    type: 'refused',
    connection: 1,
    code: 'version_mismatch',
    message: 'The Manager speaks protocol version 2',
  });
  expect(bench.lines()).toEqual([
    'Cannot work for the Manager: The Manager speaks protocol version 2; this Worker speaks protocol version 1',
    'command exit 2',
  ]);
  expect(bench.core.nextDeadlineMs()).toBeUndefined();
});

test('a refused registration is tried again later, and says why', () => {
  const bench = new WorkerBench();
  bench.connect();
  bench.push({ type: 'refused', connection: 1, code: 'not_allowed', message: 'Another user' });
  expect(bench.lines()).toEqual([
    'Waiting for a Manager at 127.0.0.1:6000: it refuses this Worker (not_allowed): Another user',
  ]);
  bench.connect();
  expect(bench.connection).toBe(2);
});

test('an earlier life of the Manager is refused', () => {
  const bench = new WorkerBench().serve({ epoch: 3 });
  bench.disconnect();
  bench.connect();
  bench.acknowledgeRegistration({ epoch: 2 });
  expect(bench.commands).toContainEqual({
    type: 'disconnect',
    connection: 2,
    reason: 'it is of epoch 2, one of epoch 3 was here',
  });
  expect(bench.count('read_token')).toBe(1);
});

test('orders of another epoch are ignored and counted', () => {
  const bench = new WorkerBench().serve({ epoch: 3 });
  bench.order({ message_type: 'shutdown', epoch: 2, number: 9 });
  bench.order({ message_type: 'shutdown', epoch: 2, number: 9 });
  expect(bench.lines()).toEqual([
    'Ignored "shutdown" of epoch 2 (1 so far)',
    'Ignored "shutdown" of epoch 2 (2 so far)',
  ]);
});

test('what an earlier connection still says is ignored', () => {
  const bench = new WorkerBench().serve();
  bench.disconnect();
  bench.connect();
  bench.push({ type: 'disconnected', connection: 1, reason: 'late' });
  bench.push({
    type: 'order',
    connection: 1,
    order: { message_type: 'shutdown', epoch: 1, number: 1 },
  });
  bench.acknowledgeRegistration();
  expect(bench.count('exit')).toBe(0);
  expect(bench.sent('register')).toHaveLength(2);
});

test('the next registration names cluster, received orders and attempts', () => {
  const bench = new WorkerBench({ slots: 1 }).serve();
  const first = bench.orderMap(0);
  bench.orderMap(1);
  bench.orderMap(2);
  bench.finish(0, first);
  bench.disconnect();
  bench.connect();
  expect(bench.sent('register').at(-1)).toMatchObject({
    cluster_id: 'cluster-1',
    received: 3,
    attempts: [
      { task_index: 0, state: 'finished' },
      { task_index: 1, state: 'running' },
      { task_index: 2, state: 'queued' },
    ],
  });
});

test('a connection that flaps is tried ever more slowly, a good one at once', () => {
  expect(delayAfterConnectionsOf(INTERVAL_MS)).toBeLessThanOrEqual(50);
  expect(delayAfterConnectionsOf(10)).toBeGreaterThanOrEqual(500);
});

function delayAfterConnectionsOf(lastedMs: number): number {
  const bench = new WorkerBench();
  for (let round = 0; round < 6; round += 1) {
    bench.serve();
    bench.advanceServed(lastedMs);
    bench.disconnect();
  }
  return (bench.core.nextDeadlineMs() ?? 0) - bench.nowMs;
}
