import { describe, expect, it } from 'vitest';
import { backups, cancels, commits, LONG } from './harness/straggling.ts';
import type { SimClient } from './harness/sim-client.ts';
import type { SimWorker } from './harness/sim-worker.ts';
import { World } from './harness/world.ts';

interface Moved {
  readonly world: World;
  readonly client: SimClient;
  readonly former: SimWorker;
  readonly latter: SimWorker;
}

/**
 * `map-00002.1` waited at one Worker, was recalled, and runs as `map-00002.2` at another; the journal
 * lost both its return and the second dispatch. The first Worker comes back last.
 */
function moved(submission: object = {}): Moved {
  const world = new World();
  const former = world.worker('n1', LONG);
  const latter = world.worker('n2', LONG);
  const client = world.submit({ num_mappers: 3, ...submission });
  expect(former.has).toEqual(['map-00000.1 running', 'map-00002.1 queued']);
  world.disk.hold('append');
  latter.end('map-00001.1');
  world.settle();
  expect(latter.has).toContain('map-00002.2 running');
  former.behaviour.reconnects = false;
  world.restart({ downForMs: 100, keeps: 0 });
  world.disk.release('append');
  world.run(1500);
  return { world, client, former, latter };
}

/** How often the third map was sent out. */
function sendings({ former, latter }: Moved): readonly number[] {
  return [former, latter].flatMap(({ orders }) =>
    orders.flatMap((order) =>
      order.message_type === 'new_map_task' && order.task_index === 2 ? [order.attempt] : [],
    ),
  );
}

describe('an attempt that the journal has lost', () => {
  it('goes on though the journal holds its task for an earlier one at a Worker not back yet', () => {
    const scene = moved();
    const { world, former, latter } = scene;
    expect(latter.has).toContain('map-00002.2 running');
    expect(backups(world)).toEqual(['map-00002.2']);
    former.behaviour.reconnects = true;
    former.connect();
    world.run(500);
    latter.end('map-00002.2');
    world.run(500);
    expect(commits(world)).toContain('map-00002.2');
    expect(cancels(latter)).toEqual([]);
    expect(sendings(scene)).toEqual([1, 2]);
  });

  it('takes the place of that earlier one in a job without backups', () => {
    const scene = moved({ backup: false });
    const { world, latter } = scene;
    expect(backups(world)).toEqual([]);
    latter.end('map-00002.2');
    world.run(500);
    expect(commits(world)).toContain('map-00002.2');
    expect(cancels(latter)).toEqual([]);
    expect(sendings(scene)).toEqual([1, 2]);
  });

  it('is not taken where it may have left out lines that the journal lost too', () => {
    const scene = moved({ skip_bad_records: 1 });
    const { world, former, latter } = scene;
    expect(cancels(latter)).toEqual(['map-00002.2: nobody waits for it']);
    former.behaviour.reconnects = true;
    former.connect();
    world.run(500);
    expect(commits(world)).not.toContain('map-00002.2');
  });

  it('goes on beside one that has ended where the job may run one at a time', () => {
    const world = new World();
    const worker = world.worker('n1', { ...LONG, slots: 1 });
    world.submit({ num_mappers: 2, max_running: 1 });
    expect(worker.has).toEqual(['map-00000.1 running']);
    world.disk.hold('append');
    worker.end('map-00000.1');
    world.settle();
    expect(worker.has).toContain('map-00001.1 running');
    world.restart({ downForMs: 100, keeps: 0 });
    world.disk.release('append');
    world.run(1500);
    expect(cancels(worker)).toEqual([]);
    expect(worker.has).toEqual(['map-00001.1 running']);
  });

  it('counts as lost, not as never tried, when its Worker dies while it runs', () => {
    const world = new World();
    const client = world.submit({ num_mappers: 1 });
    world.disk.hold('append');
    const worker = world.worker('n1', LONG);
    world.settle();
    expect(worker.has).toEqual(['map-00000.1 running']);
    world.restart({ downForMs: 100, keeps: 0 });
    world.disk.release('append');
    world.run(1500);
    expect(worker.has).toEqual(['map-00000.1 running']);
    worker.behaviour.reconnects = false;
    worker.crash();
    world.run(5000);
    expect(world.job().attemptCounts.map.lost).toBe(1);
    expect(client).toBeDefined();
  });
});
