import { describe, expect, it } from 'vitest';
import { attemptName } from '../../../src/protocol/ids.ts';
import type { SimWorker } from './harness/sim-worker.ts';
import { World } from './harness/world.ts';

const LONG = { taskMs: Number.POSITIVE_INFINITY };

/** Names of the attempts that a Worker was told to give back. */
function cancels(...workers: readonly SimWorker[]): readonly string[] {
  return workers.flatMap((worker) =>
    worker.orders.flatMap((order) =>
      order.message_type === 'cancel_task'
        ? [`${attemptName(order)}: ${order.reason.replace(/,.*,/, '')}`]
        : [],
    ),
  );
}

describe('what waits ahead', () => {
  it('is recalled when a slot elsewhere is idle', () => {
    const world = new World();
    const busy = world.worker('n1', LONG);
    const quick = world.worker('n2', LONG);
    world.submit({ num_mappers: 3 });
    expect(busy.has).toEqual(['map-00000.1 running', 'map-00002.1 queued']);
    quick.end('map-00001.1');
    world.settle();
    expect(cancels(busy)).toEqual(['map-00002.1: a slot is idle on n2']);
    expect(quick.has).toEqual(['map-00002.2 running']);
    expect(busy.has).toEqual(['map-00000.1 running']);
  });

  it('is recalled once for each idle slot, however long it takes', () => {
    const world = new World({ latencyMs: () => 50 });
    const busy = ['n1', 'n2', 'n3'].map((id) => world.worker(id, LONG));
    world.run(500);
    world.submit({ num_mappers: 6 });
    world.run(500);
    expect(busy.every((worker) => worker.has.length === 2)).toBe(true);
    world.worker('n4', LONG);
    world.run(3000);
    expect(cancels(...busy)).toHaveLength(1);
    expect(world.workers.at(-1)?.has).toHaveLength(1);
  });

  it('is recalled for an idle slot though tasks wait that may not use it', () => {
    const world = new World();
    const first = world.worker('n1', LONG);
    world.submit({ num_mappers: 5, max_running: 1 });
    const second = world.worker('n2', LONG);
    world.settle();
    world.submit({ num_mappers: 2, output_directory: '/other' });
    expect(second.has).toContain('job-2/map-00000.1 running');
    second.end('job-2/map-00000.1');
    world.settle();
    expect(cancels(first, second)).toEqual(['map-00001.1: a slot is idle on n2'].slice(0, 1));
    expect(second.has).toEqual(['job-2/map-00001.2 running']);
  });

  it('goes on when its slot came before the recall', () => {
    const world = new World({ latencyMs: () => 20 });
    // n1 ends its first a moment after n2, while n2's word of its own is on its way.
    const workers = [
      world.worker('n1', { taskMs: 1010, spawnMs: 10 }),
      world.worker('n2', { taskMs: 1000, spawnMs: 10 }),
    ];
    world.run(100);
    const client = world.submit({ num_mappers: 3, num_reducers: 0 });
    world.runJobs();
    expect(cancels(...workers)).toHaveLength(1);
    expect(workers.flatMap((worker) => worker.ran)).toHaveLength(3);
    expect(client.report?.maps.attempts).toBe(3);
  });

  it('is recalled again when the Worker comes back without having heard of it', () => {
    const world = new World();
    const busy = world.worker('n1', LONG);
    const quick = world.worker('n2', LONG);
    world.submit({ num_mappers: 3 });
    busy.blackHole();
    quick.end('map-00001.1');
    world.settle();
    expect([...world.job().attempts]).toMatchObject([{}, { recalled: true }]);
    busy.drop();
    world.run(500);
    expect(quick.has).toEqual(['map-00002.2 running']);
    expect(busy.has).toEqual(['map-00000.1 running']);
  });

  it('is killed like everything else when its job is cancelled after the recall', () => {
    const world = new World({ latencyMs: () => 20 });
    const busy = world.worker('n1', { ...LONG, slots: 1 });
    const quick = world.worker('n2', LONG);
    world.run(100);
    const client = world.submit({ num_mappers: 3 });
    world.run(100);
    busy.end('map-00000.1');
    quick.end('map-00001.1');
    world.run(25);
    client.cancel();
    world.runJobs();
    world.run(1000);
    expect([...busy.has, ...quick.has]).toEqual([]);
  });

  it('has the slot the moment one frees, though its start is still to be told', () => {
    const world = new World();
    const worker = world.worker('n1', { ...LONG, slots: 2, spawnMs: 100 });
    world.submit({ num_mappers: 3 });
    world.run(200);
    worker.end('map-00000.1');
    worker.end('map-00001.1');
    world.run(200);
    expect(cancels(worker)).toEqual([]);
    expect(worker.ran).toEqual(['map-00000.1', 'map-00001.1', 'map-00002.1']);
  });

  it('is recalled when an earlier job needs the place, as often as it has tasks', () => {
    const world = new World();
    const workers = ['n1', 'n2', 'n3'].map((id) => world.worker(id, LONG));
    world.submit({ num_mappers: 9 });
    world.submit({ num_mappers: 1, priority: 1, output_directory: '/urgent' });
    world.run(3000);
    expect(cancels(...workers)).toEqual(['map-00005.1: an earlier job needs the slot']);
    expect(workers.flatMap((worker) => worker.has)).toContain('job-2/map-00000.1 queued');
  });

  it('is not recalled for a job that may run no more', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    const other = world.worker('n2', LONG);
    world.submit({ num_mappers: 4 });
    world.submit({ num_mappers: 4, priority: 1, max_running: 1, output_directory: '/urgent' });
    world.run(3000);
    expect(cancels(worker, other)).toHaveLength(1);
  });

  it('stays where the earlier job’s task has failed and is better tried elsewhere', () => {
    const world = new World();
    const failing = world.worker('n1', LONG);
    world.submit({ num_mappers: 1, priority: 1 });
    const other = world.worker('n2', LONG);
    world.settle();
    world.submit({ num_mappers: 9, output_directory: '/later' });
    failing.end('map-00000.1', { outcome: 'failed' });
    world.run(3000);
    expect(cancels(failing)).toEqual([]);
    expect(cancels(other)).toHaveLength(1);
    expect(other.has).toContain('map-00000.2 queued');
  });

  it('is taken back from a Worker that is paused or avoided', () => {
    const world = new World();
    const unfit = world.worker('n1', { ...LONG, slots: 3 });
    world.worker('n2', { ...LONG, slots: 3 });
    world.submit({ num_mappers: 12 });
    expect(unfit.has).toHaveLength(6);
    for (const name of ['map-00000.1', 'map-00002.1', 'map-00004.1']) {
      unfit.end(name, { outcome: 'unfit' });
    }
    world.settle();
    // Those that got the freed slots run on; nothing waits behind them.
    expect(unfit.has.every((name) => name.endsWith('running'))).toBe(true);
    expect(unfit.has).toHaveLength(3);
  });

  it('does not go back and forth between two Workers', () => {
    const world = new World({ latencyMs: () => 20 });
    const workers = ['n1', 'n2'].map((id) => world.worker(id, { ...LONG, slots: 2 }));
    world.submit({ num_mappers: 9, priority: 0 });
    world.submit({ num_mappers: 9, priority: 2, max_running: 3, output_directory: '/b' });
    world.submit({ num_mappers: 9, priority: 1, max_running: 2, output_directory: '/c' });
    world.run(60_000);
    expect(cancels(...workers).length).toBeLessThan(8);
    expect(world.steps.length).toBeLessThan(1000);
  });

  it('was never tried when its Worker is lost', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    const client = world.submit({ num_mappers: 2 });
    worker.crash();
    world.run(2000);
    expect(client.eventsOf('attempt_lost')).toMatchObject([{ attempt: 'map-00000.1' }]);
    expect(world.job().maps.map((task) => task.lost)).toEqual([1, 0]);
  });
});
