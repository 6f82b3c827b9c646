import { describe, expect, it } from 'vitest';
import { attemptName } from '../../../src/protocol/ids.ts';
import { commandsOf, recordsOf } from './harness/commands-of.ts';
import type { Ending } from './harness/sim-attempts.ts';
import { World } from './harness/world.ts';

const LONG = { taskMs: Number.POSITIVE_INFINITY };

function cannotRead(mapIndex: number, attempt = 1): Ending {
  return {
    outcome: 'unfit',
    cause: { text: 'checksum of a run', exit_code: null, signal: null },
    bad_run: { map_index: mapIndex, attempt },
  };
}

/** Every run that the Manager looks at is broken. */
function breakRuns(world: World): void {
  world.disk.answer('check_run', ({ run }) => ({
    type: 'run_checked',
    run,
    problem: 'it is not there',
  }));
}

function manifests(world: World): readonly (readonly string[])[] {
  return commandsOf(world, 'write_manifest').map(({ entries }) =>
    entries.map(({ map_index, attempt }) =>
      attemptName({ stage: 'map', task_index: map_index, attempt }),
    ),
  );
}

/** A job of two maps that are done, and of reduces that run; every run is broken. */
function reducing(submission: object, slots: number) {
  const world = new World();
  breakRuns(world);
  const worker = world.worker('n1', { ...LONG, slots });
  const client = world.submit({ num_mappers: 2, num_reducers: 2, ...submission });
  for (let map = 0; map < world.job().maps.length; map++) worker.end(`map-0000${String(map)}.1`);
  world.settle();
  return { world, worker, client };
}

describe('a run that a reduce cannot read', () => {
  it('has exactly its map run again, and reduces wait for the new manifest', () => {
    const world = new World();
    breakRuns(world);
    const ending = (name: string): Ending =>
      name === 'reduce-00000.1' ? cannotRead(1) : 'finished';
    const worker = world.worker('n1', { ending });
    const client = world.submit({ num_mappers: 3 });
    world.runJobs();
    expect(worker.ran).toEqual([
      'map-00000.1',
      'map-00001.1',
      'map-00002.1',
      'reduce-00000.1',
      'map-00001.2',
      'reduce-00000.2',
    ]);
    expect(manifests(world)).toEqual([
      ['map-00000.1', 'map-00001.1', 'map-00002.1'],
      ['map-00000.1', 'map-00001.2', 'map-00002.1'],
    ]);
    expect(client.eventsOf('map_voided')).toMatchObject([{ task: 'map-00001' }]);
    expect(client.report).toMatchObject({
      outcome: 'succeeded',
      counters: { test: { map: '3', reduce: '1' } },
      maps: { failed: 0, attempts: 4 },
      reduces: { failed: 0, unfit: 1 },
    });
  });

  it('but is sound stays, and the report counts against the reporter', () => {
    const world = new World();
    const ending = (name: string): Ending =>
      name.startsWith('reduce') && world.nowMs < 20_000 ? cannotRead(0) : 'finished';
    const worker = world.worker('n1', { ending, taskMs: 100 });
    const client = world.submit({ num_mappers: 2 });
    world.run(20_000);
    expect(recordsOf(world, 'map_voided')).toHaveLength(0);
    expect(worker.ran.filter((name) => name.startsWith('reduce'))).toHaveLength(3);
    client.say({ message_type: 'list_workers' });
    expect(client.last('workers')?.workers).toMatchObject([{ state: 'paused' }]);
    world.runJobs(100_000);
    expect(client.report?.outcome).toBe('succeeded');
  });

  it('is looked at once, however many reduces report it, and nobody is blamed if they are right', () => {
    const { world, worker, client } = reducing({ num_reducers: 4 }, 4);
    world.disk.hold('check_run');
    for (const name of worker.has) worker.end(name.split(' ')[0] ?? '', cannotRead(0));
    world.settle();
    expect(commandsOf(world, 'check_run')).toHaveLength(1);
    world.disk.release('check_run');
    world.settle();
    expect(recordsOf(world, 'map_voided')).toHaveLength(1);
    expect(client.eventsOf('map_voided')).toHaveLength(1);
    expect(world.state.workers.get('n1')?.canServe(world.nowMs)).toBe(true);
    expect(worker.has).toEqual(['map-00000.2 running']);
  });

  it('of an earlier attempt is of the past', () => {
    const { world, worker } = reducing({ num_mappers: 1 }, 2);
    worker.end('reduce-00000.1', cannotRead(0));
    world.settle();
    worker.end('map-00000.2');
    world.settle();
    worker.end('reduce-00001.1', cannotRead(0));
    world.settle();
    expect(commandsOf(world, 'check_run')).toHaveLength(1);
    expect(world.job().mapsCommitted).toBe(1);
  });

  it('while the manifest is being written makes that one of no use', () => {
    const { world, worker } = reducing({}, 3);
    worker.end('reduce-00000.1', cannotRead(0));
    world.settle();
    world.disk.hold('write_manifest');
    worker.end('map-00000.2');
    world.settle();
    expect(world.disk.held('write_manifest')).toHaveLength(1);
    worker.end('reduce-00001.1', cannotRead(1));
    world.settle();
    world.disk.release('write_manifest');
    world.run(3000);
    expect(world.job().manifestPath).toBeUndefined();
    worker.end('map-00001.2');
    world.settle();
    expect(manifests(world).at(-1)).toEqual(['map-00000.2', 'map-00001.2']);
    expect(worker.has.toSorted()).toEqual(['reduce-00000.2 running', 'reduce-00001.2 running']);
  });

  it('and is made anew before that manifest stands makes it of no use either', () => {
    const { world, worker } = reducing({}, 3);
    worker.end('reduce-00000.1', cannotRead(0));
    world.settle();
    world.disk.hold('write_manifest');
    worker.end('map-00000.2');
    world.settle();
    worker.end('reduce-00001.1', cannotRead(1));
    world.settle();
    worker.end('map-00001.2');
    world.run(3000);
    world.disk.release('write_manifest');
    world.settle();
    expect(manifests(world)).toEqual([
      ['map-00000.1', 'map-00001.1'],
      ['map-00000.2', 'map-00001.1'],
      ['map-00000.2', 'map-00001.2'],
    ]);
    expect(worker.orders.at(-1)).toMatchObject({ manifest_path: '/shared/jobs/manifest.3' });
  });

  it('does not stop reduces that can read theirs', () => {
    const { world, worker, client } = reducing({ num_mappers: 1 }, 2);
    worker.end('reduce-00000.1', cannotRead(0));
    worker.end('reduce-00001.1');
    world.settle();
    expect(world.job().reducesCommitted).toBe(1);
    worker.end('map-00000.2');
    world.run(2000);
    worker.end('reduce-00000.2');
    world.runJobs();
    expect(client.report).toMatchObject({ outcome: 'succeeded', reduces: { attempts: 3 } });
  });
});

describe('runs that cannot be sampled for a total order', () => {
  const ordered = { num_mappers: 3, num_reducers: 2, total_order: true };

  it('are made again, they alone, before any reduce', () => {
    const world = new World();
    let looks = 0;
    world.disk.answer('write_manifest', ({ jobId, version, entries }) => {
      looks++;
      const runs = entries.slice(1).map((entry) => ({ ...entry, problem: 'it is cut short' }));
      return looks === 1
        ? { type: 'runs_unreadable', jobId, version, runs }
        : { type: 'manifest_written', jobId, version, path: '/manifest' };
    });
    const worker = world.worker('n1', { slots: 1 });
    const client = world.submit(ordered);
    world.runJobs();
    expect(worker.ran.slice(3)).toEqual([
      'map-00001.2',
      'map-00002.2',
      'reduce-00000.1',
      'reduce-00001.1',
    ]);
    expect(manifests(world).at(-1)).toEqual(['map-00000.1', 'map-00001.2', 'map-00002.2']);
    expect(client.eventsOf('map_voided')).toMatchObject([
      { task: 'map-00001', cause: 'it is cut short' },
      { task: 'map-00002' },
    ]);
    expect(client.report).toMatchObject({ outcome: 'succeeded', maps: { failed: 0, attempts: 5 } });
  });

  it('are of the past when one was voided meanwhile', () => {
    const { world, worker } = reducing({ ...ordered, num_mappers: 2 }, 3);
    worker.end('reduce-00000.1', cannotRead(0));
    world.settle();
    world.disk.hold('write_manifest');
    world.disk.answer('write_manifest', ({ jobId, version, entries }) => ({
      ...{ type: 'runs_unreadable', jobId, version },
      runs: entries.map((entry) => ({ ...entry, problem: 'it is gone' })),
    }));
    worker.end('map-00000.2');
    world.settle();
    worker.end('reduce-00001.1', cannotRead(1));
    world.settle();
    world.disk.release('write_manifest');
    world.disk.heal('write_manifest');
    world.settle();
    expect(recordsOf(world, 'map_voided')).toHaveLength(2);
    worker.end('map-00001.2');
    world.settle();
    expect(manifests(world).at(-1)).toEqual(['map-00000.2', 'map-00001.2']);
    expect(world.job().manifestPath).toBeDefined();
  });

  it('are looked for only where keys are cut into ranges', () => {
    const rangesOf = (submission: object): readonly unknown[] => {
      const world = new World();
      world.worker('n1');
      world.submit(submission);
      world.runJobs();
      return commandsOf(world, 'write_manifest').map(({ ranges }) => ranges);
    };
    expect(rangesOf(ordered)).toEqual([2]);
    expect(rangesOf({ ...ordered, total_order: false })).toEqual([null]);
    expect(rangesOf({ ...ordered, num_reducers: 1 })).toEqual([null]);
  });
});
