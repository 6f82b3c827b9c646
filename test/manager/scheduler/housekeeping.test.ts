import { describe, expect, it } from 'vitest';
import { commandsOf } from './harness/commands-of.ts';
import { planOf } from './harness/plans.ts';
import type { SimClient } from './harness/sim-client.ts';
import { HOUR_MS } from './harness/options.ts';
import { World } from './harness/world.ts';

/** A cluster whose first job has ended as asked. */
function ended(outcome: 'succeeded' | 'cancelled', options = {}): World {
  const world = new World(options);
  const client = world.submit();
  if (outcome === 'cancelled') client.cancel();
  else world.worker('n1', { udp: false });
  world.runJobs();
  client.leave();
  for (const worker of world.workers) worker.goodbye();
  world.settle();
  return world;
}

function cleanUps(world: World): number {
  return commandsOf(world, 'clean_up').filter(({ keepIntermediates }) => !keepIntermediates).length;
}

function remove(world: World, job = '1'): SimClient {
  const client = world.client().say({ message_type: 'remove_job', job }).end();
  world.settle();
  return client;
}

describe('an ended job', () => {
  it('that failed or was cancelled keeps its intermediate data for 24 hours', () => {
    const world = ended('cancelled');
    world.run(24 * HOUR_MS - 1000);
    expect(cleanUps(world)).toBe(0);
    world.run(1000);
    expect(cleanUps(world)).toBe(1);
    const client = world.client().say({ message_type: 'job_status', job: '1' }).end();
    world.settle();
    expect(client.last('job')?.status.report?.kept_bytes).toBe(0);
  });

  it('whose data could not be removed has that tried again, not in a hurry', () => {
    const world = ended('cancelled');
    world.disk.answer('clean_up', ({ jobId }) => ({ type: 'cleaned_up', jobId, keptBytes: 500 }));
    world.run(24 * HOUR_MS + 60_000);
    expect(cleanUps(world)).toBe(2);
    world.disk.heal('clean_up');
    world.run(10 * 60_000);
    expect(cleanUps(world)).toBe(3);
  });

  it('is forgotten after 30 days, with all its files', () => {
    const world = ended('succeeded');
    world.run(30 * 24 * HOUR_MS - 1000);
    expect(world.state.jobs.size).toBe(1);
    world.run(1000);
    expect(world.state.jobs.size).toBe(0);
  });

  it('is forgotten when enough others have ended after it', () => {
    const world = new World({ keepJobs: 2 });
    world.worker('n1');
    for (const output of ['/a', '/b', '/c']) {
      world.submit({ output_directory: output });
      world.runJobs();
    }
    world.settle();
    expect([...world.state.jobs.keys()]).toEqual([2, 3]);
  });

  it('can be removed, and what it held is told', () => {
    const world = ended('cancelled');
    const client = remove(world);
    expect(client.last('job_removed')).toEqual({
      message_type: 'job_removed',
      job: 'job-0001',
      freed_bytes: 1000,
    });
    expect(client.closed).toBe(true);
    expect(world.state.jobs.size).toBe(0);
    expect(remove(world).error?.code).toBe('no_such_job');
  });

  it('takes along the shipped files that no other job needs', () => {
    const world = new World();
    const [both, one] = ['b'.repeat(64), '1'.repeat(64)];
    const shipped = new Map([
      ['/a', [both, one]],
      ['/b', [both]],
    ]);
    world.disk.answer('prepare_job', ({ request, spec }) => {
      const hashes = shipped.get(spec.output_directory ?? '') ?? [];
      const files = hashes.map((sha256) => ({ path: sha256, sha256, bytes: 1, mode: 0o755 }));
      return { type: 'job_prepared', request, plan: { ...planOf(spec), files } };
    });
    world.worker('n1');
    for (const output of shipped.keys()) world.submit({ output_directory: output });
    world.runJobs();
    for (const job of ['1', '2']) remove(world, job);
    const removed = commandsOf(world, 'remove_shipped_files').map(({ hashes }) => hashes);
    expect(removed).toEqual([[one], [both]]);
  });

  it('is removed once though two ask for it', () => {
    const world = ended('cancelled');
    world.disk.hold('remove_job_files');
    const first = remove(world);
    const second = remove(world);
    expect(world.disk.held('remove_job_files')).toHaveLength(1);
    world.disk.release('remove_job_files');
    world.settle();
    expect(first.last('job_removed')).toBeDefined();
    expect(second.last('job_removed')).toBeDefined();
  });

  it('lets nothing tick while there is nothing to do', () => {
    const world = ended('succeeded');
    const steps = world.steps.length;
    world.run(20 * 24 * HOUR_MS);
    expect(world.steps.length).toBe(steps);
  });
});

describe('a job that has not ended', () => {
  it('cannot be removed', () => {
    const world = new World();
    world.submit();
    expect(remove(world).error?.message).toBe(
      'Cannot remove job-0001: it has not ended. Cancel it first: mapreduce cancel job-0001',
    );
  });
});
