import { describe, expect, it } from 'vitest';
import type { Ending } from './harness/sim-attempts.ts';
import { World } from './harness/world.ts';

const LONG = { taskMs: Number.POSITIVE_INFINITY };
const UNFIT: () => Ending = () => ({
  outcome: 'unfit',
  cause: { text: 'no space left on n1', exit_code: null, signal: null },
});
const MISSING: () => Ending = () => ({
  outcome: 'cannot_start',
  cause: { text: 'Cannot find program "python3"', exit_code: 127, signal: null },
});

describe('an unfit attempt', () => {
  it('is not charged, and goes elsewhere after a back-off', () => {
    const world = new World();
    const unfit = world.worker('n1', { ending: UNFIT, taskMs: 1300 });
    const client = world.submit({ num_mappers: 1, num_reducers: 0 });
    const other = world.worker('n2');
    client.leave();
    world.run(2299);
    expect(other.ran).toEqual([]);
    world.run(1);
    expect(other.ran).toEqual(['map-00000.2']);
    world.runJobs();
    expect(unfit.ran).toHaveLength(1);
    const { report } = world.client().watch();
    expect(report).toMatchObject({ outcome: 'succeeded', maps: { failed: 0, unfit: 1 } });
  });

  it('waits longer every time, half a minute at most', () => {
    const world = new World();
    const worker = world.worker('n1', { taskMs: 0, ending: UNFIT });
    world.submit({ num_mappers: 1 });
    const starts: number[] = [];
    for (let turn = 1; turn <= 9; turn += 1) {
      world.runUntil(() => worker.ran.length >= turn, 100_000);
      starts.push(Math.round(world.nowMs / 1000));
    }
    // After three in a row the Worker itself is paused for a minute.
    expect(starts.slice(0, 3)).toEqual([0, 1, 3]);
    expect(starts[3]).toBe(63);
  });

  it('three times in a row pauses the Worker for a minute, and says why', () => {
    const world = new World();
    const worker = world.worker('n1', { taskMs: 123, slots: 3, ending: UNFIT });
    world.submit({ num_mappers: 3 }).leave();
    const client = world.client();
    world.run(200);
    client.say({ message_type: 'list_workers' });
    expect(client.last('workers')?.workers).toMatchObject([
      { state: 'paused', reason: 'no space left on n1' },
    ]);
    worker.behaviour.ending = () => 'finished';
    world.run(59_922);
    expect(worker.ran).toHaveLength(3);
    world.run(1);
    expect(worker.ran).toHaveLength(6);
    world.runJobs();
    expect(client.watch().report?.outcome).toBe('succeeded');
  });

  it('pauses no Worker any longer once the shared directory has room again', () => {
    const world = new World();
    const worker = world.worker('n1', { taskMs: 123, slots: 3, ending: UNFIT });
    const client = world.submit({ num_mappers: 3 });
    world.run(200);
    world.step({ type: 'storage_room', hasRoom: false, detail: '0 bytes' });
    worker.behaviour.ending = () => 'finished';
    world.run(20_000);
    expect(worker.ran).toHaveLength(3);
    world.step({ type: 'storage_room', hasRoom: true, detail: '10 GB' });
    world.run(1000);
    expect(worker.ran.length).toBeGreaterThan(3);
    world.runJobs();
    expect(client.report?.outcome).toBe('succeeded');
  });

  it('that pauses the last Worker makes the job wait, saying so', () => {
    const world = new World();
    world.worker('n1', { taskMs: 123, slots: 3, ending: UNFIT });
    const client = world.submit({ num_mappers: 3 });
    world.run(50_000);
    expect(client.status().waiting_for).toMatch(/^no Worker can take tasks/);
    expect(client.eventsOf('warning')).toMatchObject([
      { text: 'No Worker takes tasks. Each rests a minute: no space left on n1' },
    ]);
  });

  it('is forgotten when the Worker finishes something', () => {
    const world = new World();
    const ending = (name: string): Ending =>
      /map-0000[0134]\.1/.test(name) ? UNFIT() : 'finished';
    world.worker('n1', { ending });
    const client = world.submit({ num_mappers: 5 });
    world.runJobs();
    expect(client.report).toMatchObject({ outcome: 'succeeded', maps: { unfit: 4 } });
    expect(world.nowMs).toBeLessThan(30_000);
  });
});

describe('a program that is not there', () => {
  it('on one Worker is run on the others, uncharged', () => {
    const world = new World();
    const lacking = world.worker('n1', { ending: MISSING });
    const other = world.worker('n2');
    const client = world.submit({ num_mappers: 5 });
    world.runJobs();
    expect(lacking.ran).toHaveLength(2);
    expect(other.ran).toHaveLength(6);
    expect(client.report).toMatchObject({ outcome: 'succeeded', maps: { failed: 0, unfit: 2 } });
    expect(client.eventsOf('attempt_unfit')).toHaveLength(1);
  });

  it('on the only Worker fails the job, uncharged', () => {
    const world = new World();
    world.worker('n1', { ending: MISSING });
    const client = world.submit({ num_mappers: 3 });
    world.runJobs();
    expect(client.report?.failure).toMatchObject({
      cause: 'Cannot find program "python3" (on the only Worker)',
      charged_attempts: 0,
    });
  });

  it('on any Worker fails the job when the last of them has said so', () => {
    const world = new World();
    world.worker('n1', { ending: MISSING });
    world.worker('n2', { ending: MISSING, taskMs: 2000 });
    const client = world.submit({ num_mappers: 3 });
    world.run(1900);
    expect(client.report).toBeUndefined();
    world.runJobs();
    expect(client.report?.failure?.cause).toBe(
      'Cannot find program "python3" (on each of 2 Workers)',
    );
  });

  it('does not keep other jobs from the Worker', () => {
    const world = new World();
    const ending = (name: string): Ending => (name.startsWith('job-2') ? 'finished' : MISSING());
    world.worker('n1', { ending });
    world.submit({ num_mappers: 1 });
    const next = world.submit({ output_directory: '/b' });
    world.runJobs();
    expect(next.report?.outcome).toBe('succeeded');
  });

  it('where the one Worker that has it is gone makes the job wait, saying so', () => {
    const world = new World();
    world.worker('n1', { ending: MISSING });
    const able = world.worker('n2', { ...LONG });
    const client = world.submit({ num_mappers: 2 });
    world.run(2000);
    able.crash();
    world.run(5000);
    expect(client.status().waiting_for).toMatch(/^no Worker that can start its program/);
    expect(client.eventsOf('warning')).toHaveLength(1);
    world.worker('n3');
    world.runJobs();
    expect(client.report?.outcome).toBe('succeeded');
  });
});

describe('an input that has changed', () => {
  it('fails the job at once, uncharged', () => {
    const world = new World();
    const text = 'Input "/in/file-0" has changed since the job was planned';
    const cause = { text, exit_code: null, signal: null };
    const ending = (): Ending => ({ outcome: 'input_changed', cause });
    world.worker('n1', { ending });
    const client = world.submit({ num_mappers: 3, keep_going: true });
    world.runJobs();
    expect(client.report).toMatchObject({
      outcome: 'failed',
      failure: { cause: text, charged_attempts: 0 },
      maps: { failed: 0 },
    });
  });
});

describe('a job without any Worker', () => {
  it('says so at once, and again after they came and went', () => {
    const world = new World();
    const client = world.submit();
    expect(client.eventsOf('no_workers')).toHaveLength(1);
    expect(client.status().waiting_for).toBe('no Worker is registered with 127.0.0.1:6000');
    const worker = world.worker('n1', LONG);
    world.run(1000);
    worker.goodbye();
    world.run(1000);
    expect(client.eventsOf('no_workers')).toHaveLength(2);
  });
});
