import { describe, expect, it } from 'vitest';
import { CheapCluster } from './harness/cheap-cluster.ts';
import { World } from './harness/world.ts';

const LONG = { taskMs: Number.POSITIVE_INFINITY };

function isKnown(world: World, id: string): boolean {
  return world.state.workers.has(id);
}

function logged(world: World, text: string): number {
  return world.trace().split(text).length - 1;
}

describe('a Worker', () => {
  it('is lost after 5.5 silent intervals, not before', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    world.run(2100);
    worker.vanish();
    world.run(10_800);
    expect(isKnown(world, 'n1')).toBe(true);
    world.run(200);
    expect(isKnown(world, 'n1')).toBe(false);
    expect(logged(world, 'n1 is lost: silent for 5.5 intervals')).toBe(1);
  });

  it('lives as long as any of its messages comes', () => {
    const world = new World();
    world.worker('n1', { ...LONG, udp: false });
    world.run(60_000);
    expect(isKnown(world, 'n1')).toBe(true);
  });

  it('is lost when its connection closed and it has not come back within an interval', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    const client = world.submit({ num_mappers: 1 });
    worker.crash();
    world.run(1900);
    client.say({ message_type: 'list_workers' });
    expect(client.last('workers')?.workers).toMatchObject([{ state: 'silent' }]);
    world.run(100);
    expect(isKnown(world, 'n1')).toBe(false);
    expect(client.eventsOf('attempt_lost')).toMatchObject([{ cause: 'its connection closed' }]);
  });

  it('is gone at once when it says goodbye, and nobody is blamed', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    world.submit({ num_mappers: 1 });
    worker.goodbye();
    world.settle();
    expect(isKnown(world, 'n1')).toBe(false);
    expect(world.job().maps[0]).toMatchObject({ lost: 1, lostWithoutGoodbye: 0 });
  });

  it('is lost when it acknowledges no order for two intervals, though its datagrams come', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    world.run(1000);
    worker.blackHole();
    world.submit({ num_mappers: 1 });
    world.run(3900);
    expect(isKnown(world, 'n1')).toBe(true);
    world.run(100);
    expect(isKnown(world, 'n1')).toBe(false);
  });

  it('is not blamed for acknowledgements that got lost with its datagrams', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    world.run(2100);
    worker.behaviour.udp = false;
    world.submit({ num_mappers: 1 });
    world.run(8800);
    worker.behaviour.udp = true;
    world.run(60_000);
    expect(worker.has).toEqual(['map-00000.1 running']);
  });

  it('is not held to orders of the connection before this one', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    world.run(1000);
    worker.blackHole();
    world.submit({ num_mappers: 1 });
    world.run(3700);
    worker.drop();
    world.run(1000);
    expect(logged(world, 'n1 is lost')).toBe(0);
    expect(worker.has).toEqual(['map-00000.2 running']);
  });

  it('is lost when what it says it has sent does not come for two intervals', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    world.submit({ num_mappers: 1 });
    world.run(1500);
    worker.blackHole();
    worker.end('map-00000.1');
    world.run(3900);
    expect(isKnown(world, 'n1')).toBe(true);
    world.run(200);
    expect(isKnown(world, 'n1')).toBe(false);
    expect(logged(world, 'log warn: n1 is lost: its messages do not arrive')).toBe(1);
  });

  it('is not held to messages of the connection before this one', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    world.run(9000);
    worker.drop();
    world.run(1000);
    lateHeartbeat(world, 'n1');
    expect(isKnown(world, 'n1')).toBe(true);
    world.run(3000);
    expect(isKnown(world, 'n1')).toBe(true);
    world.run(200);
    expect(isKnown(world, 'n1')).toBe(false);
  });

  it('is not behind because its datagrams overtake its messages', () => {
    let slow = 0;
    const world = new World({ latencyMs: () => (slow += 37) % 300 });
    world.worker('n1', { taskMs: 100, slots: 3 });
    const client = world.submit({ num_mappers: 60 });
    world.run(500);
    client.watch('1');
    world.runJobs();
    expect(logged(world, 'is lost')).toBe(0);
    expect(client.report?.outcome).toBe('succeeded');
  });

  it('hears within half an interval that its messages came', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    world.run(5000);
    worker.orders.length = 0;
    worker.say({ message_type: 'progress', attempts: [] });
    world.run(1000);
    expect(worker.orders).toMatchObject([{ message_type: 'received' }]);
  });

  it('is confirmed by UDP though the same heartbeat came over TCP first', () => {
    const world = new World();
    const worker = world.worker('n1', { ...LONG, slowUdp: true });
    world.run(10_000);
    expect(worker.orders.at(-1)).toMatchObject({ udp_confirmed: true });
    expect(logged(world, 'no UDP heartbeat')).toBe(0);
  });

  it('whose datagrams do not come is named in the log, once', () => {
    const world = new World();
    world.worker('n1', { ...LONG, udp: false });
    world.run(5900);
    expect(logged(world, 'no UDP heartbeat')).toBe(0);
    world.run(60_000);
    expect(logged(world, 'log warn: no UDP heartbeat from n1: is UDP port 6000 open?')).toBe(1);
  });

  it('is not brought back to life by a datagram that is older than the last', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    world.run(5000);
    const record = world.state.workers.get('n1');
    const at = record?.lastSignOfLifeMs;
    world.step({
      type: 'heartbeat',
      message: {
        message_type: 'heartbeat',
        worker_id: 'n1',
        nonce: worker.behaviour.nonce,
        epoch: 1,
        number: 1,
        received: 0,
        sent: 0,
        unacknowledged_ms: 0,
      },
    });
    expect(record?.lastSignOfLifeMs).toBe(at);
  });
});

describe('a pause of the Manager', () => {
  it('makes nobody dead', () => {
    const world = new World();
    world.worker('n1', { taskMs: 3000 });
    world.worker('n2', { ...LONG, udp: false });
    const client = world.submit({ num_mappers: 2 });
    world.run(1000);
    world.standStill(30_000);
    world.run(5000);
    expect([...world.state.workers.keys()]).toEqual(['n1', 'n2']);
    expect(client.eventsOf('attempt_lost')).toEqual([]);
  });

  it('adds to the grace of a Worker whose connection closed', () => {
    const world = new World();
    const worker = world.worker('n1', { ...LONG, reconnects: false });
    world.submit({ num_mappers: 1 });
    worker.drop();
    world.run(1000);
    world.standStill(20_000);
    world.settle();
    expect(isKnown(world, 'n1')).toBe(true);
    worker.connect();
    world.run(2000);
    expect(worker.has).toEqual(['map-00000.1 running']);
  });

  it('holds what a Worker had that gave it up meanwhile, as a restart does', () => {
    const world = new World();
    const worker = world.worker('n1', { ...LONG, reconnects: false });
    world.submit({ num_mappers: 1 });
    world.standStill(30_000);
    worker.drop();
    world.run(10_000);
    expect(isKnown(world, 'n1')).toBe(true);
    worker.connect();
    world.run(2000);
    expect(worker.has).toEqual(['map-00000.1 running']);
    worker.drop();
    world.run(2000);
    expect(isKnown(world, 'n1')).toBe(false);
  });

  it('adds to the patience with orders and messages on their way', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    world.run(3000);
    worker.loseOneMessage();
    world.run(1500);
    const record = world.state.workers.get('n1');
    const before = record?.behind?.sinceMs ?? 0;
    world.step({ type: 'paused', pauseMs: 7000 });
    expect(record?.behind?.sinceMs).toBe(before + 7000);
  });

  it('gives messages that wait to be read as long as others', () => {
    const world = new World();
    world.worker('n1', LONG);
    world.run(3000);
    world.standStill(7000);
    lateHeartbeat(world, 'n1');
    world.run(3900);
    expect(isKnown(world, 'n1')).toBe(true);
    world.run(200);
    expect(isKnown(world, 'n1')).toBe(false);
  });
});

/** A datagram that says: messages up to one that never comes are unacknowledged for 5 s. */
function lateHeartbeat(world: World, id: string): void {
  const nonce = `nonce-of-${id}`;
  const life = { sent: 1000, received: 0, unacknowledged_ms: 5000, number: 1000, epoch: 1 };
  const message = { message_type: 'heartbeat', worker_id: id, nonce, ...life } as const;
  world.step({ type: 'heartbeat', message });
  world.step({ type: 'tick' });
}

it('a Worker that speaks of an order has had it, though no heartbeat says so', () => {
  const cluster = new CheapCluster(1);
  cluster.submit(3);
  cluster.nowMs = 3000;
  // One that ran, and one that waited.
  cluster.finishOne(1);
  cluster.finishOne(1);
  beat(cluster, 4500);
  expect(cluster.scheduler.state.workers.size).toBe(1);
  beat(cluster, 7100);
  expect(cluster.scheduler.state.workers.size).toBe(0);
});

/** A heartbeat that acknowledges nothing, and the judgement after it. */
function beat(cluster: CheapCluster, nowMs: number): void {
  cluster.nowMs = nowMs;
  const life = { sent: 0, received: 0, unacknowledged_ms: 0, number: nowMs, epoch: 1 };
  const message = { message_type: 'heartbeat', worker_id: 'w1', nonce: 'n1', ...life } as const;
  cluster.step({ type: 'heartbeat', message });
  cluster.step({ type: 'tick' });
}
