import { expect, test } from 'vitest';
import { INTERVAL_MS, WorkerBench } from './worker-bench.ts';

test('heartbeats begin with registration and come every interval', () => {
  const bench = new WorkerBench();
  bench.connect();
  bench.advance(1000);
  expect(bench.count('send_datagram')).toBe(0);
  bench.acknowledgeRegistration();
  bench.seeDirectory();
  expect(bench.count('send_datagram')).toBe(1);
  bench.advanceServed(3 * INTERVAL_MS);
  const beats = bench.commands.filter((command) => command.type === 'send_datagram');
  expect(beats.map((beat) => beat.message.number)).toEqual([1, 2, 3, 4]);
  expect(bench.sent('heartbeat')).toEqual([]);
});

test('a heartbeat tells what was received, what was sent and how old the oldest is', () => {
  const bench = new WorkerBench().serve();
  bench.orderMap(0);
  bench.slot(0, { job_id: 1, stage: 'map', task_index: 0, attempt: 1 }, { type: 'started' });
  bench.advance(INTERVAL_MS);
  expect(bench.commands.findLast((command) => command.type === 'send_datagram')).toEqual({
    type: 'send_datagram',
    message: {
      message_type: 'heartbeat',
      worker_id: 'node2-1',
      nonce: 'nonce-a',
      epoch: 1,
      number: 2,
      received: 1,
      sent: 3,
      unacknowledged_ms: INTERVAL_MS,
    },
  });
});

test('heartbeats go over TCP too until UDP is confirmed', () => {
  const bench = new WorkerBench().serve({ udp_confirmed: false });
  bench.acknowledgeAll(false);
  bench.advance(INTERVAL_MS);
  expect(bench.sent('heartbeat').map((beat) => beat.number)).toEqual([1, 2]);
  expect(bench.count('send_datagram')).toBe(2);
  bench.acknowledgeAll(true);
  bench.advanceServed(5 * INTERVAL_MS);
  expect(bench.sent('heartbeat')).toHaveLength(2);
  expect(bench.count('send_datagram')).toBe(7);
});

test('there are no heartbeats without a registered connection, and their numbers go on', () => {
  const bench = new WorkerBench().serve();
  bench.disconnect();
  bench.advance(20);
  expect(bench.count('send_datagram')).toBe(1);
  bench.serve();
  const last = bench.commands.findLast((command) => command.type === 'send_datagram');
  expect(last?.message.number).toBe(2);
});

test('a message that nobody acknowledges for two intervals ends the connection', () => {
  const bench = new WorkerBench().serve();
  bench.advance(2 * INTERVAL_MS - 1);
  expect(bench.count('disconnect')).toBe(0);
  bench.advance(1);
  expect(bench.commands).toContainEqual({
    type: 'disconnect',
    connection: 1,
    reason: 'no acknowledgement for 4000 ms',
  });
  bench.connect();
  expect(bench.sent('register')).toHaveLength(2);
});

test('a message acknowledged in time keeps the connection', () => {
  const bench = new WorkerBench().serve();
  bench.advanceServed(20 * INTERVAL_MS);
  expect(bench.count('disconnect')).toBe(0);
  expect(bench.connection).toBe(1);
});

test('an acknowledgement of some messages leaves the younger ones outstanding', () => {
  const bench = new WorkerBench().serve();
  const early = bench.lastNumber;
  bench.advance(INTERVAL_MS);
  bench.orderMap(0);
  bench.slot(0, { job_id: 1, stage: 'map', task_index: 0, attempt: 1 }, { type: 'started' });
  bench.order({
    message_type: 'received',
    ...bench.numbered(),
    received: early,
    udp_confirmed: true,
  });
  bench.advance(2 * INTERVAL_MS - 1);
  expect(bench.count('disconnect')).toBe(0);
  bench.advance(1);
  expect(bench.count('disconnect')).toBe(1);
});

test('an idle Worker asks a silent Manager for a sign of life and gives it up without one', () => {
  const bench = new WorkerBench().serve();
  bench.acknowledgeAll();
  const before = bench.sent('progress').length;
  bench.advance(5 * INTERVAL_MS - 1);
  expect(bench.sent('progress')).toHaveLength(before);
  bench.advance(1);
  expect(bench.sent('progress')).toHaveLength(before + 1);
  bench.advance(2 * INTERVAL_MS);
  expect(bench.count('disconnect')).toBe(1);
});

test('a Worker that itself stood still does not blame the Manager', () => {
  const bench = new WorkerBench().serve();
  bench.advance(INTERVAL_MS);
  bench.nowMs += 60_000;
  bench.push({ type: 'paused', pauseMs: 60_000 });
  bench.push({ type: 'tick' });
  expect(bench.count('disconnect')).toBe(0);
  bench.advance(INTERVAL_MS);
  expect(bench.count('disconnect')).toBe(1);
});

test('losing the Manager is said once and then every 30 s', () => {
  const bench = new WorkerBench().serve();
  bench.orderMap(0);
  bench.lines();
  bench.disconnect('connection reset');
  while ((bench.core.nextDeadlineMs() ?? Infinity) < 31_500) {
    bench.nowMs = Math.max(bench.nowMs, bench.core.nextDeadlineMs() ?? 0);
    bench.push({ type: 'tick' });
    bench.disconnect('connection refused');
  }
  expect(bench.lines()).toEqual([
    'Lost the Manager at 127.0.0.1:6000: connection reset. Going on with 1 running, 0 queued, 0 unsettled',
    'Waiting for the Manager at 127.0.0.1:6000: connection refused',
  ]);
});

test('an orphan kills its programs and exits with 3', () => {
  const bench = new WorkerBench({ orphanTimeoutMs: 60_000 }).serve();
  const running = bench.orderMap(0);
  bench.advanceServed(1000);
  bench.disconnect();
  bench.advance(59_999);
  expect(bench.count('kill')).toBe(0);
  bench.advance(1);
  expect(bench.count('kill')).toBe(1);
  expect(bench.count('exit')).toBe(0);
  bench.slot(0, running, { type: 'ended', result: { outcome: 'killed' } });
  expect(bench.commands.at(-1)).toEqual({ type: 'exit', code: 3 });
});

test('without --orphan-timeout a Worker waits for ever', () => {
  const bench = new WorkerBench();
  bench.advance(24 * 3_600_000);
  expect(bench.count('exit')).toBe(0);
});

test('a registration ends the orphan clock', () => {
  const bench = new WorkerBench({ orphanTimeoutMs: 60_000 }).serve();
  bench.advanceServed(600_000);
  expect(bench.count('exit')).toBe(0);
});
