import { describe, expect, it } from 'vitest';
import { commandsOf } from './harness/commands-of.ts';
import { ALL_PHASES, type Phase, release, standing } from './harness/phases.ts';
import { World } from './harness/world.ts';

const LONG = { taskMs: Number.POSITIVE_INFINITY };

/** Phases in which a job can still be cancelled. */
const CANCELLABLE: readonly Phase[] = [
  'having its staging made',
  'being accepted',
  'mapping',
  'committing a map',
  'writing its manifest',
  'reducing',
  'preparing to publish',
];
/** Those after the point of no return. */
const TOO_LATE: readonly Phase[] = ['publishing', 'cleaning up'];

describe('a job that is cancelled', () => {
  it.each(CANCELLABLE)('while %s ends as cancelled, and its Worker is free', (phase) => {
    const job = standing(phase);
    const { world, worker, client } = job;
    const canceller = world.client().cancel('job-0001').end();
    expect(canceller.last('job')?.status.job).toBe('job-0001');
    expect(canceller.closed).toBe(true);
    release(job);
    world.runJobs(2000);
    const watcher = world.client().watch('job-0001');
    expect(watcher.report).toMatchObject({
      outcome: 'cancelled',
      cancelled_by: 'ann@example',
      output_parts: 0,
      kept_bytes: 1000,
    });
    expect(client.last('job_accepted')?.job).toBe('job-0001');
    world.run(2000);
    expect(worker.has).toEqual([]);
    expect(commandsOf(world, 'clean_up')).toMatchObject([{ keepIntermediates: true }]);
  });

  it.each(TOO_LATE)('while %s succeeds all the same', (phase) => {
    const job = standing(phase);
    const { world, client } = job;
    client.cancel();
    release(job);
    world.runJobs();
    expect(client.report?.outcome).toBe('succeeded');
  });

  it('keeps what its attempts wrote until nobody can go on with it any more', () => {
    const { world, worker, client } = standing('mapping');
    world.disk.hold('append');
    client.cancel();
    world.run(5000);
    expect(worker.has).toEqual([]);
    expect(commandsOf(world, 'clean_up')).toEqual([]);
    world.disk.release('append');
    world.run(1);
    expect(commandsOf(world, 'clean_up')).toHaveLength(1);
    expect(client.report?.outcome).toBe('cancelled');
  });

  it('while its point of no return is being recorded succeeds all the same', () => {
    const job = standing('preparing to publish');
    const { world, client } = job;
    world.disk.release('prepare_publish');
    world.disk.hold('append');
    world.settle();
    client.cancel();
    world.disk.release('append');
    world.runJobs();
    expect(client.report?.outcome).toBe('succeeded');
  });

  it('does not wait for a Worker that never gives its attempts back', () => {
    const world = new World();
    const worker = world.worker('n1', { ...LONG, killMs: 60_000 });
    const client = world.submit();
    client.cancel();
    world.run(800);
    expect(client.report).toBeUndefined();
    world.run(200);
    expect(client.report?.outcome).toBe('cancelled');
    // Its slot is not free before it says so.
    world.submit({ output_directory: '/b', num_mappers: 1 });
    expect(worker.has).toEqual(['map-00000.1 stopping', 'job-2/map-00000.1 queued']);
    world.run(60_000);
    expect(world.state.workers.get('n1')?.attempts.size).toBe(1);
  });

  it('does not wait for attempts on a Worker that is lost meanwhile', () => {
    const world = new World();
    const worker = world.worker('n1', { ...LONG, killMs: 60_000 });
    const client = world.submit();
    client.cancel();
    worker.crash();
    world.run(900);
    expect(client.report?.outcome).toBe('cancelled');
    world.run(5000);
    expect(world.job().attempts.size).toBe(0);
  });

  it('may be cancelled again, and names who did first', () => {
    const world = new World();
    world.worker('n1', LONG);
    const client = world.submit();
    client.cancel();
    world.client().say({ message_type: 'cancel_job', job: '1', cancelled_by: 'bob' });
    world.runJobs();
    world.client().say({ message_type: 'cancel_job', job: '1', cancelled_by: 'eve' });
    expect(client.report?.cancelled_by).toBe('ann@example');

    const late = standing('preparing to publish');
    late.client.cancel();
    late.client.say({ message_type: 'cancel_job', job: '1', cancelled_by: 'bob' });
    release(late);
    late.world.runJobs();
    expect(late.client.report?.cancelled_by).toBe('ann@example');
  });

  it('lets the next job in', () => {
    const world = new World();
    world.worker('n1');
    const client = world.submit();
    client.cancel();
    world.runJobs();
    const next = world.submit();
    world.runJobs();
    expect(next.report?.outcome).toBe('succeeded');
  });

  it('does not commit a result that comes late', () => {
    const world = new World();
    const worker = world.worker('n1', { ...LONG, killMs: 60_000 });
    const client = world.submit({ num_mappers: 1 });
    client.cancel();
    worker.crash();
    world.run(100);
    expect(world.job().mapsCommitted).toBe(0);
    world.runJobs();
    expect(client.report?.maps.input_bytes).toBe(0);
  });
});

describe('a Manager that is told to stop', () => {
  it.each(ALL_PHASES)('exits within 3 s while a job is %s', (phase) => {
    const job = standing(phase);
    const { world, worker } = job;
    world.step({ type: 'stop' });
    release(job);
    world.run(3000);
    expect(world.exitCode).toBe(0);
    // Workers wait for the next Manager.
    expect(worker.exited).toBe(false);
    expect(worker.orders.some((order) => order.message_type === 'shutdown')).toBe(false);
  });

  it.each(ALL_PHASES)('exits after 3 s though storage hangs while a job is %s', (phase) => {
    const { world } = standing(phase);
    world.step({ type: 'stop' });
    world.run(3000);
    expect(world.exitCode).toBe(0);
  });

  it('exits at once when there is nothing to do', () => {
    const world = new World();
    world.worker('n1');
    world.run(5000);
    world.step({ type: 'stop' });
    expect(world.exitCode).toBe(0);
    expect(world.scheduler.step({ type: 'tick' }, world.nowMs)).toEqual([]);
    expect(world.scheduler.nextDeadlineMs()).toBeUndefined();
  });

  it('tells those who wait why their job ended', () => {
    const world = new World();
    world.worker('n1', LONG);
    const client = world.submit();
    world.step({ type: 'stop' });
    world.run(1000);
    expect(client.report).toMatchObject({
      outcome: 'cancelled',
      cancelled_by: 'the end of its Manager',
    });
  });

  it('takes no more jobs, and refuses those that are being prepared', () => {
    const world = new World();
    world.worker('n1', { ...LONG, killMs: 500 });
    world.submit();
    world.disk.hold('prepare_job');
    const early = world.client().submit({ output_directory: '/b' });
    world.settle();
    world.step({ type: 'stop' });
    const late = world.client().submit({ output_directory: '/c' });
    world.disk.release('prepare_job');
    world.settle();
    expect(early.error).toMatchObject({ code: 'stopping' });
    expect(late.error).toMatchObject({ code: 'stopping' });
    expect(world.state.jobs.size).toBe(1);
  });

  it('dispatches nothing more', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    world.disk.hold('publish');
    world.submit({ num_mappers: 1, num_reducers: 0 });
    worker.end('map-00000.1');
    world.settle();
    world.step({ type: 'stop' });
    world.run(2900);
    expect(worker.ran).toEqual(['map-00000.1']);
  });
});

describe('a cluster that is shut down', () => {
  it.each(ALL_PHASES)('ends, Workers first, within 3 s while a job is %s', (phase) => {
    const job = standing(phase);
    const { world, worker } = job;
    world.client().say({ message_type: 'shutdown' });
    release(job);
    world.run(3000);
    expect(worker.exited).toBe(true);
    expect(world.exitCode).toBe(0);
  });

  it('does not wait for Workers that do not answer', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    world.submit();
    worker.blackHole();
    world.client().say({ message_type: 'shutdown' });
    world.run(3000);
    expect(world.exitCode).toBe(0);
  });

  it('waits for Workers that take their time', () => {
    const world = new World();
    const slow = world.worker('n1', { killMs: 1500 });
    world.worker('n2', { killMs: 100 });
    world.settle();
    world.client().say({ message_type: 'shutdown' });
    world.run(1400);
    expect(world.exitCode).toBeUndefined();
    expect(slow.orders.filter((order) => order.message_type === 'shutdown')).toHaveLength(1);
    world.run(200);
    expect(world.exitCode).toBe(0);
  });

  it('may be asked for twice, and after a stop', () => {
    const world = new World();
    const worker = world.worker('n1', { ...LONG, killMs: 300 });
    world.submit();
    world.step({ type: 'stop' });
    world.client().say({ message_type: 'shutdown' });
    world.client().say({ message_type: 'shutdown' });
    world.run(3000);
    expect(worker.exited).toBe(true);
    expect(world.exitCode).toBe(0);
  });
});
