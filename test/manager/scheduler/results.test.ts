import { describe, expect, it } from 'vitest';
import { attemptName } from '../../../src/protocol/ids.ts';
import { commandsOf, recordsOf } from './harness/commands-of.ts';
import { losesOutputOf } from './harness/disk.ts';
import { WALL_MS } from './harness/sim-client.ts';
import type { SimWorker } from './harness/sim-worker.ts';
import { World } from './harness/world.ts';

const LONG = { taskMs: Number.POSITIVE_INFINITY };

/** `map-00000.1 committed` for every `settled` that a Worker got. */
function settled(worker: SimWorker): readonly string[] {
  return worker.orders.flatMap((order) =>
    order.message_type === 'settled' ? [`${attemptName(order)} ${order.outcome}`] : [],
  );
}

/** Names of attempts with a record of their commit. */
function commits(world: World): readonly string[] {
  return recordsOf(world, 'task_committed').map(({ attempt }) => attemptName(attempt));
}

/** Names of attempts with a record that they ended otherwise. */
function ends(world: World): readonly string[] {
  return recordsOf(world, 'attempt_ended').map(
    ({ attempt, outcome }) => `${attemptName(attempt)} ${outcome}`,
  );
}

describe('a result', () => {
  it('counts and is settled only when its record is durable', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    world.submit({ num_mappers: 1 });
    world.disk.hold('append');
    worker.end('map-00000.1');
    world.run(500);
    expect(settled(worker)).toEqual([]);
    expect(world.job().mapsCommitted).toBe(0);
    world.disk.release('append');
    world.run(500);
    expect(settled(worker)).toEqual(['map-00000.1 committed']);
  });

  it('is recorded only after its files were looked at', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    world.submit({ num_mappers: 1 });
    world.disk.hold('check_outputs');
    worker.end('map-00000.1');
    world.settle();
    expect(world.disk.held('check_outputs')).toMatchObject([
      { files: [{ path: '/shared/jobs/job-0001/map/map-00000.1.run', bytes: 10 }] },
    ]);
    expect(commits(world)).toEqual([]);
  });

  it('that is reported twice is settled twice and committed once', () => {
    const world = new World();
    const worker = world.worker('n1', { ...LONG, stammers: () => world.nowMs === 1000 });
    world.submit({ num_mappers: 1 });
    world.run(1000);
    worker.end('map-00000.1');
    world.run(100);
    // The second came while the first was being recorded: one answer serves both.
    expect(settled(worker)).toEqual(['map-00000.1 committed']);

    const finished = world.steps.find(
      ({ event }) => event.type === 'worker_message' && event.message.message_type === 'finished',
    );
    if (finished) world.step(finished.event);
    world.settle();
    expect(settled(worker)).toEqual(['map-00000.1 committed', 'map-00000.1 committed']);
    expect(commits(world)).toEqual(['map-00000.1']);
    expect(world.job().mapsCommitted).toBe(1);
  });

  it('is settled on the new connection when the old one broke meanwhile', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    world.submit({ num_mappers: 1 });
    world.disk.hold('append');
    worker.end('map-00000.1');
    world.settle();
    worker.drop();
    world.run(500);
    expect(worker.has).toEqual(['map-00000.1 finished']);
    world.disk.release('append');
    world.settle();
    expect(settled(worker)).toEqual(['map-00000.1 committed']);
  });

  it('that never arrived is taken when the Worker comes back with it', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    world.submit({ num_mappers: 1 });
    worker.blackHole();
    worker.end('map-00000.1');
    worker.drop();
    world.run(500);
    expect(commits(world)).toEqual(['map-00000.1']);
    expect(worker.ran).toContain('reduce-00000.1');
  });

  it('of a lost attempt is discarded', () => {
    const world = new World();
    const frozen = world.worker('n1', { ...LONG, udp: false });
    const client = world.submit({ num_mappers: 1 });
    frozen.blackHole();
    world.run(11_000);
    world.worker('n2', LONG);
    world.settle();
    frozen.end('map-00000.1');
    frozen.drop();
    world.run(1000);
    expect(settled(frozen)).toEqual(['map-00000.1 discard']);
    expect(world.job().mapsCommitted).toBe(0);
    expect(client.eventsOf('attempt_lost')).toHaveLength(1);
    expect(world.state.staleMessages).toBe(1);
  });

  it('of a process that is gone is not settled with the one that took its name', () => {
    const world = new World();
    const old = world.worker('n1', { ...LONG, nonce: 'old' });
    world.submit({ num_mappers: 1 });
    world.disk.hold('append');
    old.end('map-00000.1');
    world.settle();
    old.crash();
    const young = world.worker('n1', { ...LONG, nonce: 'young' });
    world.settle();
    world.disk.release('append');
    world.settle();
    expect(world.job().mapsCommitted).toBe(1);
    expect(settled(young)).toEqual([]);
  });

  it('whose files are not there is discarded, uncharged, and tried again elsewhere', () => {
    const world = new World();
    world.disk.answer('check_outputs', losesOutputOf('map-00000.1'));
    const first = world.worker('n1');
    const second = world.worker('n2');
    const client = world.submit({ num_mappers: 1 });
    world.run(1500);
    expect(settled(first)).toEqual(['map-00000.1 discard']);
    expect(ends(world)).toEqual(['map-00000.1 unfit']);
    expect(client.eventsOf('attempt_unfit')).toMatchObject([{ cause: 'the file is not there' }]);
    world.runJobs();
    expect(second.ran).toContain('map-00000.2');
    expect(client.report).toMatchObject({ outcome: 'succeeded', maps: { failed: 0, unfit: 1 } });
  });

  it('in failure that is reported again is settled again and charged once', () => {
    const world = new World();
    const worker = world.worker('n1', { ...LONG, stammers: () => world.nowMs === 1000 });
    const client = world.submit({ num_mappers: 1 });
    world.run(1000);
    worker.end('map-00000.1', { outcome: 'failed' });
    world.settle();
    expect(settled(worker)).toEqual(['map-00000.1 discard', 'map-00000.1 discard']);
    expect(client.eventsOf('attempt_failed')).toMatchObject([{ charged: 1, max_attempts: 4 }]);
    expect(world.state.staleMessages).toBe(1);
  });

  it('that waits for its record when the job stops is settled all the same', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    const client = world.submit({ num_mappers: 2 });
    world.disk.hold('check_outputs');
    worker.end('map-00000.1');
    world.settle();
    client.cancel();
    world.runJobs();
    expect(settled(worker)).toEqual(['map-00000.1 discard']);
    expect(worker.has).toEqual([]);
    world.disk.release('check_outputs');
    world.settle();
    expect(commits(world)).toEqual([]);
  });
});

describe('an attempt', () => {
  it('leaves a row in the job log, with times of the wall clock', () => {
    const world = new World();
    world.run(5000);
    world.worker('n1', { taskMs: 1500 });
    world.submit({ num_mappers: 1, num_reducers: 0 });
    world.runJobs();
    const rows = commandsOf(world, 'log_attempt').map(({ row }) => row);
    expect(rows).toMatchObject([
      {
        workerId: 'n1',
        startedAtMs: WALL_MS + 5000,
        durationMs: 1500,
        bytesIn: 100,
        bytesOut: 10,
        outcome: 'finished',
      },
    ]);
  });

  it('has its end in the journal however it ends, so that none is waited for after a restart', () => {
    const world = new World();
    const crashing = world.worker('n1', LONG);
    world.submit({ num_mappers: 2 });
    crashing.crash();
    world.run(2000);
    expect(ends(world).toSorted()).toEqual(['map-00000.1 lost', 'map-00001.1 returned']);
  });

  it('counts from 1000 times the earlier lives of Managers', () => {
    const world = new World({ epoch: 3 });
    const worker = world.worker('n1');
    world.submit({ num_mappers: 1 });
    world.runJobs();
    expect(worker.ran).toEqual(['map-00000.2001', 'reduce-00000.2001']);
  });
});
