import { describe, expect, it } from 'vitest';
import { World } from './harness/world.ts';

const LONG = { taskMs: Number.POSITIVE_INFINITY };

describe('tasks', () => {
  it('go to free slots in their order, to the Worker with most room first', () => {
    const world = new World();
    const small = world.worker('n1', LONG);
    const large = world.worker('n2', { ...LONG, slots: 2 });
    world.submit({ num_mappers: 3 });
    expect(large.has).toEqual(['map-00000.1 running', 'map-00002.1 running']);
    expect(small.has).toEqual(['map-00001.1 running']);
  });

  it('are queued ahead, one per slot, only while they outnumber the free slots', () => {
    const world = new World();
    const worker = world.worker('n1', { ...LONG, slots: 2 });
    const other = world.worker('n2', { ...LONG, slots: 2 });
    world.submit({ num_mappers: 4 });
    expect([...worker.has, ...other.has].filter((name) => name.includes('queued'))).toEqual([]);

    world.submit({ num_mappers: 20, output_directory: '/more' });
    expect(worker.has).toHaveLength(4);
    expect(other.has).toHaveLength(4);
    expect(world.job(2).pendingMaps.size).toBe(16);
  });

  it('of the reduce stage wait for every map', () => {
    const world = new World();
    const worker = world.worker('n1', { ...LONG, slots: 4 });
    world.submit({ num_mappers: 2, num_reducers: 2 });
    worker.end('map-00001.1');
    world.run(1000);
    expect(worker.has).toEqual(['map-00000.1 running']);
    worker.end('map-00000.1');
    world.settle();
    expect(worker.has).toEqual(['reduce-00000.1 running', 'reduce-00001.1 running']);
  });

  it('wait while the shared directory has no room', () => {
    const world = new World();
    world.worker('n1');
    world.step({ type: 'storage_room', hasRoom: false, detail: '3 MB left of "/shared"' });
    const client = world.submit();
    world.run(5000);
    expect(client.status().waiting_for).toBe(
      'the shared directory has no room: 3 MB left of "/shared"',
    );
    expect(client.eventsOf('warning')).toMatchObject([
      { text: 'Waiting for room in the shared directory: 3 MB left of "/shared"' },
    ]);
    expect(world.state.jobs.get(1)?.attempts.size).toBe(0);
    world.step({ type: 'storage_room', hasRoom: true, detail: '10 GB left' });
    world.runJobs();
    expect(client.report?.outcome).toBe('succeeded');
  });

  it('each run once when nothing goes wrong', () => {
    const world = new World({ latencyMs: () => 3 });
    const workers = ['n1', 'n2', 'n3'].map((id, index) =>
      world.worker(id, { slots: 2, taskMs: 1000 + 177 * index, spawnMs: 30 }),
    );
    const client = world.submit({ num_mappers: 23, num_reducers: 7 });
    world.runJobs();
    expect(workers.flatMap((worker) => worker.ran)).toHaveLength(30);
    expect(client.report).toMatchObject({ maps: { tasks: 23 }, reduces: { tasks: 7 } });
  });
});

describe('jobs', () => {
  it('are served by priority, then arrival', () => {
    const world = new World();
    world.submit({ num_mappers: 2, output_directory: '/a' });
    world.submit({ num_mappers: 2, output_directory: '/b', priority: 5 });
    world.submit({ num_mappers: 2, output_directory: '/c', priority: 5 });
    const worker = world.worker('n1', { ...LONG, slots: 5 });
    world.settle();
    expect(worker.has.map((name) => name.split(' ')[0])).toEqual([
      'job-2/map-00000.1',
      'job-2/map-00001.1',
      'job-3/map-00000.1',
      'job-3/map-00001.1',
      'map-00000.1',
      'map-00001.1',
    ]);
  });

  it('overlap: a later one uses slots that an earlier one cannot fill', () => {
    const world = new World();
    const worker = world.worker('n1', { ...LONG, slots: 2 });
    const other = world.worker('n2', LONG);
    world.submit({ num_mappers: 1 });
    const later = world.submit({ num_mappers: 1, output_directory: '/b' });
    expect(worker.has).toEqual(['map-00000.1 running', 'job-2/map-00000.1 running']);
    worker.end('map-00000.1');
    worker.end('job-2/map-00000.1');
    world.settle();
    expect(later.status('2').state).toBe('running');
    expect([...worker.has, ...other.has]).toHaveLength(2);
  });

  it('run no more attempts at once than --max-running', () => {
    const world = new World();
    const worker = world.worker('n1', { ...LONG, slots: 8 });
    world.submit({ num_mappers: 8, max_running: 3 });
    expect(worker.has).toHaveLength(3);
  });

  it('say which job they wait for', () => {
    const world = new World();
    world.worker('n1', LONG);
    world.submit({ num_mappers: 2 });
    const client = world.submit({ output_directory: '/b' });
    world.run(600);
    expect(client.status('2').waiting_for).toBe('queued behind job-0001');
    expect(client.eventsOf('queued_behind')).toMatchObject([{ job: 'job-0001', percent: 0 }]);
  });

  it('say it also while a task of theirs waits ahead on a busy slot', () => {
    const world = new World();
    const worker = world.worker('n1', { ...LONG, slots: 1 });
    world.submit({ num_mappers: 1 });
    const client = world.submit({ num_mappers: 1, output_directory: '/b' });
    world.run(600);
    expect(worker.has).toHaveLength(2);
    expect(client.status('2')).toMatchObject({
      state: 'accepted',
      waiting_for: 'queued behind job-0001',
    });
    expect(client.eventsOf('queued_behind')).toMatchObject([{ job: 'job-0001' }]);
    worker.end('map-00000.1');
    world.settle();
    expect(client.status('2')).toMatchObject({ state: 'running', waiting_for: null });
  });
});
