import { describe, expect, it } from 'vitest';
import type { ManagerCommand } from '../../../src/manager/scheduler/commands.ts';
import type { Started } from '../../../src/protocol/worker-messages.ts';
import type { SimWorker } from './harness/sim-worker.ts';
import type { RecordedStep } from './harness/trace.ts';
import { World } from './harness/world.ts';

const LONG = { taskMs: Number.POSITIVE_INFINITY };

function registrations(world: World): readonly RecordedStep[] {
  return world.steps.filter(
    ({ event }) => event.type === 'worker_message' && event.message.message_type === 'register',
  );
}

function orders(commands: readonly ManagerCommand[]): readonly string[] {
  return commands.flatMap((each) => (each.type === 'send_worker' ? [each.order.message_type] : []));
}

function started(worker: SimWorker, changes: Partial<Started> = {}): Started {
  return {
    message_type: 'started',
    worker_id: worker.id,
    nonce: worker.behaviour.nonce,
    epoch: 1,
    number: 100,
    job_id: 1,
    stage: 'map',
    task_index: 0,
    attempt: 1,
    ...changes,
  };
}

describe('a Worker that registers', () => {
  it('gets no task before it has said that it sees the shared directory', () => {
    const world = new World();
    const blind = 'Cannot see the shared directory "/shared" on n1';
    const worker = world.worker('n1', { problem: blind });
    const client = world.submit({ num_mappers: 1 });
    world.run(5000);
    expect(worker.ran).toEqual([]);
    client.say({ message_type: 'list_workers' });
    expect(client.last('workers')?.workers).toMatchObject([{ state: 'blind', reason: blind }]);
    expect(client.status().waiting_for).toMatch(/^no Worker can take tasks/);

    worker.see(null);
    world.runJobs();
    expect(worker.ran).toEqual(['map-00000.1', 'reduce-00000.1']);
  });

  it('is refused with both numbers when it speaks another version', () => {
    const world = new World();
    const worker = world.worker('n1', { protocolVersion: 7 });
    world.settle();
    expect(worker.refusedWith).toBe('version_mismatch');
    expect(world.state.workers.size).toBe(0);
    expect(world.trace()).toContain('the Manager speaks version 1, n1 version 7');
  });

  it('keeps its attempts when the same process comes back', () => {
    const world = new World();
    const worker = world.worker('n1', { taskMs: 3000 });
    const client = world.submit({ num_mappers: 3 });
    world.run(1000);
    expect(worker.has).toEqual(['map-00000.1 running', 'map-00001.1 queued']);
    worker.drop();
    world.runJobs();
    expect(worker.ran).toEqual(['map-00000.1', 'map-00001.1', 'map-00002.1', 'reduce-00000.1']);
    expect(client.eventsOf('attempt_lost')).toEqual([]);
  });

  it('takes no tasks after coming back until it has looked at the directory again', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    world.submit({ num_mappers: 1 });
    worker.drop();
    world.submit({ output_directory: '/other' });
    world.run(300);
    const [, again] = registrations(world);
    expect(orders(again?.commands ?? [])).toEqual(['register_ack']);
    expect(worker.has).toHaveLength(2);
  });

  it('loses what the old process had when another one comes under its name', () => {
    const world = new World();
    const old = world.worker('n1', { ...LONG, nonce: 'old' });
    const client = world.submit({ num_mappers: 1 });
    world.run(500);
    old.crash();
    const young = world.worker('n1', { nonce: 'young' });
    world.run(100);
    expect(client.eventsOf('attempt_lost')).toMatchObject([{ attempt: 'map-00000.1' }]);
    world.runJobs();
    expect(young.ran).toEqual(['map-00000.2', 'reduce-00000.1']);
  });

  it('loses at once what it does not list, without blame', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    const client = world.submit({ num_mappers: 1 });
    worker.tasks.clear();
    worker.drop();
    world.run(300);
    expect(client.eventsOf('attempt_lost')).toMatchObject([{ cause: 'not in its list' }]);
    expect(world.job().maps[0]).toMatchObject({ lost: 1, lostWithoutGoodbye: 0 });
    expect(worker.has).toEqual(['map-00000.2 running']);
  });

  it('is told to stop attempts that it lists and nobody wants', () => {
    const world = new World();
    const frozen = world.worker('n1', { ...LONG, udp: false });
    world.submit({ num_mappers: 1 });
    frozen.blackHole();
    world.run(11_000);
    const other = world.worker('n2');
    world.run(500);
    expect(other.ran).toEqual(['map-00000.2']);

    frozen.drop();
    world.run(500);
    expect(frozen.orders.at(-1)?.message_type).not.toBe('new_map_task');
    expect(frozen.orders).toContainEqual(
      expect.objectContaining({ message_type: 'cancel_task', attempt: 1 }),
    );
    expect(frozen.has).toEqual([]);
    world.runJobs();
  });

  it('has a running attempt counted as started though that message was lost', () => {
    const world = new World();
    const worker = world.worker('n1', { ...LONG, spawnMs: 100 });
    world.submit({ num_mappers: 1 });
    worker.blackHole();
    world.run(500);
    expect([...world.job().attempts]).toMatchObject([{ startedAtMs: undefined }]);
    worker.drop();
    world.run(300);
    expect([...world.job().attempts]).toMatchObject([{ startedAtMs: 700, ahead: false }]);
  });

  it('changes nothing by registering twice on one connection', () => {
    const world = new World();
    let first = true;
    const stammers = (): boolean => {
      const was = first;
      first = false;
      return was;
    };
    const worker = world.worker('n1', { stammers });
    const client = world.submit();
    expect(world.state.staleMessages).toBe(1);
    world.runJobs();
    expect(client.report?.outcome).toBe('succeeded');
    expect(worker.ran).toHaveLength(3);
  });

  it('is told to stop while the cluster shuts down', () => {
    const world = new World();
    world.worker('n1', { killMs: 2000 });
    world.settle();
    world.client().say({ message_type: 'shutdown' });
    const late = world.worker('n2');
    world.run(2900);
    expect(late.exited).toBe(true);
  });
});

describe('a message', () => {
  it('of another process or epoch is counted and changes nothing', () => {
    const world = new World();
    const worker = world.worker('n1', { ...LONG, spawnMs: 1000 });
    world.submit({ num_mappers: 1 });
    const connection = worker.link?.id ?? 0;
    const wrong: readonly Partial<Started>[] = [
      { nonce: 'other' },
      { epoch: 2 },
      { worker_id: 'n2' },
    ];
    for (const changes of wrong) {
      const message = started(worker, changes);
      world.step({ type: 'worker_message', connection, message, address: '' });
    }
    expect(world.state.staleMessages).toBe(3);
    expect([...world.job().attempts]).toMatchObject([{ startedAtMs: undefined }]);
  });

  it('is refused on a connection that nobody has registered on', () => {
    const world = new World();
    const worker = world.worker('n1');
    world.settle();
    const commands = world.step({
      type: 'worker_message',
      connection: 77,
      message: started(worker),
      address: '',
    });
    expect(commands).toMatchObject([{ type: 'refuse_worker', code: 'bad_message' }]);
  });

  it('that names an attempt which is not there is counted as stale', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    world.submit({ num_mappers: 1 });
    const connection = worker.link?.id ?? 0;
    const message = started(worker, { attempt: 9 });
    world.step({ type: 'worker_message', connection, message, address: '' });
    expect(world.state.staleMessages).toBe(1);
  });

  it('in a datagram from nobody we know is ignored without an answer', () => {
    const world = new World();
    const commands = world.step({
      type: 'heartbeat',
      message: {
        message_type: 'heartbeat',
        worker_id: 'stranger',
        nonce: 'x',
        epoch: 1,
        number: 1,
        received: 0,
        sent: 0,
        unacknowledged_ms: 0,
      },
    });
    expect(commands).toEqual([]);
  });
});
