import { describe, expect, it } from 'vitest';
import type { Ending } from './harness/sim-attempts.ts';
import type { SimWorker } from './harness/sim-worker.ts';
import { World } from './harness/world.ts';

const LONG = { taskMs: Number.POSITIVE_INFINITY };
const FAILS: () => Ending = () => ({ outcome: 'failed' });

/** Lets n1, n2, … run the only map one after the other and crash in the middle. */
function loseInTurn(world: World, times: number): void {
  for (let turn = 1; turn <= times; turn += 1) {
    const worker = world.worker(`n${String(turn)}`, LONG);
    world.runUntil(() => worker.ran.length > 0);
    worker.crash();
    world.run(2000);
  }
}

function namesOf(worker: SimWorker): readonly string[] {
  return worker.has.map((each) => each.split(' ')[0] ?? '');
}

describe('a failed attempt', () => {
  it('is tried again on other Workers, and the fourth fails the job with the whole story', () => {
    const world = new World();
    const workers = ['n1', 'n2', 'n3', 'n4'].map((id) => world.worker(id, { ending: FAILS }));
    const client = world.submit({ num_mappers: 1 });
    world.runJobs();
    expect(workers.map((worker) => worker.ran.length)).toEqual([1, 1, 1, 1]);
    expect(client.report).toMatchObject({
      outcome: 'failed',
      maps: { attempts: 4, failed: 4, lost: 0, unfit: 0 },
      kept_bytes: 1000,
    });
    expect(client.report?.failure).toEqual({
      attempt: 'map-00000.4',
      worker_id: 'n4',
      input: null,
      cause: 'exit code 3',
      exit_code: 3,
      mend: 'mend the pump',
      signal: null,
      command: './map',
      role: 'mapper',
      reproduce: './map',
      stderr_tail: ['oh no'],
      charged_attempts: 4,
    });
  });

  it('is told to the client at once', () => {
    const world = new World();
    world.worker('n1', { ending: (name) => (name === 'map-00000.1' ? FAILS() : 'finished') });
    const client = world.submit({ num_mappers: 1 });
    world.run(1000);
    expect(client.eventsOf('attempt_failed')).toEqual([
      {
        kind: 'attempt_failed',
        attempt: 'map-00000.1',
        worker_id: 'n1',
        cause: 'exit code 3',
        charged: 1,
        max_attempts: 4,
      },
    ]);
    expect(client.status().last_errors).toEqual(['map-00000.1 on n1: exit code 3']);
    world.runJobs();
    expect(client.report?.outcome).toBe('succeeded');
  });

  it('fails the job after --max-attempts', () => {
    const world = new World();
    const worker = world.worker('n1', { ending: FAILS });
    world.submit({ num_mappers: 1, max_attempts: 2 });
    world.runJobs();
    expect(worker.ran).toHaveLength(2);
  });

  it('leaves its Worker to fresh tasks while another Worker is busy', () => {
    const world = new World();
    const broken = world.worker('n1', LONG);
    const busy = world.worker('n2', LONG);
    world.submit({ num_mappers: 6 });
    broken.end('map-00000.1', { outcome: 'failed' });
    world.settle();
    expect(namesOf(broken)).toEqual(['map-00002.1', 'map-00004.1']);
    busy.end('map-00001.1');
    world.settle();
    expect(namesOf(busy)).toEqual(['map-00003.1', 'map-00000.2']);
  });

  it('is tried again where it failed rather than not at all', () => {
    const world = new World();
    const broken = world.worker('n1', LONG);
    world.worker('n2', LONG);
    world.submit({ num_mappers: 2 });
    broken.end('map-00000.1', { outcome: 'failed' });
    world.settle();
    expect(broken.has).toEqual(['map-00000.2 running']);
  });

  it('of a job that runs on one Worker only does not wait for another for ever', () => {
    const world = new World();
    const worker = world.worker('n1', { ending: FAILS });
    const client = world.submit({ num_mappers: 1, max_attempts: 6 });
    world.runJobs();
    expect(worker.ran).toHaveLength(6);
    expect(client.report?.outcome).toBe('failed');
  });

  it('of which there were three makes a Worker avoided while another is not', () => {
    const world = new World();
    const broken = world.worker('n1', { ending: FAILS, slots: 2 });
    const sound = world.worker('n2', { slots: 2 });
    const client = world.submit({ num_mappers: 40 });
    world.runJobs(200_000);
    expect(client.report?.outcome).toBe('succeeded');
    // What was on its way when the third came in still ran.
    expect(broken.ran.length).toBeLessThanOrEqual(6);
    expect(sound.ran.length).toBeGreaterThanOrEqual(40);
  });

  it('on all Workers makes none avoided', () => {
    const world = new World();
    for (const id of ['n1', 'n2']) {
      const ending = (name: string): Ending => (name.endsWith('.7') ? 'finished' : FAILS());
      world.worker(id, { ending });
    }
    const client = world.submit({ num_mappers: 1, num_reducers: 0, max_attempts: 7 });
    world.runJobs();
    expect(client.report).toMatchObject({ outcome: 'succeeded', maps: { failed: 6 } });
  });

  it('in the reduce stage fails the job in the same way', () => {
    const world = new World();
    world.worker('n1', { ending: (name) => (name.startsWith('reduce') ? FAILS() : 'finished') });
    const client = world.submit();
    world.runJobs();
    expect(client.report?.failure?.attempt).toBe('reduce-00000.4');
  });

  it('fails the job after every other map with --keep-going', () => {
    const world = new World();
    const ending = (name: string): Ending => (/map-0000[13]/.test(name) ? FAILS() : 'finished');
    const worker = world.worker('n1', { ending });
    const client = world.submit({ num_mappers: 6, keep_going: true, max_attempts: 2 });
    world.runJobs();
    expect(worker.ran.filter((name) => name.startsWith('reduce'))).toEqual([]);
    expect(client.report).toMatchObject({
      outcome: 'failed',
      failure: { attempt: 'map-00001.2' },
      maps: { failed: 4, input_bytes: 400 },
    });
  });
});

describe('a lost attempt', () => {
  it('is not charged', () => {
    const world = new World();
    const client = world.submit({ num_mappers: 1 });
    loseInTurn(world, 1);
    const ending = (name: string): Ending => (name === 'map-00000.2' ? FAILS() : 'finished');
    world.worker('last', { ending });
    world.runJobs();
    expect(client.eventsOf('attempt_failed')).toMatchObject([{ charged: 1 }]);
    expect(client.report).toMatchObject({ outcome: 'succeeded', maps: { failed: 1, lost: 1 } });
  });

  it('that was lost twice without goodbye runs alone on a Worker', () => {
    const world = new World();
    world.submit({ num_mappers: 3 });
    loseInTurn(world, 2);
    const worker = world.worker('n3', { ...LONG, slots: 4 });
    world.settle();
    expect(worker.has).toEqual(['map-00000.3 running']);
    worker.end('map-00000.3');
    world.settle();
    expect(worker.has).toHaveLength(2);
  });

  it('that must run alone has a Worker kept free for it until that is empty', () => {
    const world = new World();
    world.submit({ num_mappers: 1, num_reducers: 0 });
    loseInTurn(world, 2);
    world.submit({ num_mappers: 2, num_reducers: 0, priority: 1, output_directory: '/b' });
    const worker = world.worker('n3', { ...LONG, slots: 2 });
    world.submit({ num_mappers: 9, output_directory: '/c' });
    expect(namesOf(worker)).toEqual(['job-2/map-00000.1', 'job-2/map-00001.1']);
    worker.end('job-2/map-00000.1');
    world.run(5000);
    expect(namesOf(worker)).toEqual(['job-2/map-00001.1']);
    worker.end('job-2/map-00001.1');
    world.run(5000);
    expect(namesOf(worker)).toEqual(['map-00000.3']);
    worker.end('map-00000.3');
    world.settle();
    expect(namesOf(worker)).toHaveLength(4);
  });

  it('that was lost three times alone fails the job', () => {
    const world = new World();
    const client = world.submit({ num_mappers: 1 });
    loseInTurn(world, 5);
    expect(client.report).toMatchObject({ outcome: 'failed', maps: { failed: 0, lost: 5 } });
    expect(client.report?.failure?.cause).toBe(
      '3 Workers died while running map-00000 alone: it probably takes them down (--max-workers-lost)',
    );
  });

  it('fails the job after --max-workers-lost alone', () => {
    const world = new World();
    const client = world.submit({ num_mappers: 1, max_workers_lost: 1 });
    loseInTurn(world, 3);
    expect(client.report?.outcome).toBe('failed');
  });

  it('is not the task’s fault when its Worker said goodbye, until sixteen have', () => {
    const world = new World();
    const client = world.submit({ num_mappers: 1 });
    for (let turn = 1; turn <= 16; turn += 1) {
      expect(client.report).toBeUndefined();
      expect(world.job().maps[0]?.runsAlone).toBe(false);
      const worker = world.worker(`n${String(turn)}`, LONG);
      world.settle();
      worker.goodbye();
      world.settle();
    }
    expect(client.report?.failure?.cause).toBe('map-00000 was lost with its Worker 16 times');
  });

  it('that was never started is not lost, however often', () => {
    const world = new World();
    const client = world.submit({ num_mappers: 1 });
    for (let turn = 1; turn <= 20; turn += 1) {
      const worker = world.worker(`n${String(turn)}`, { ...LONG, spawnMs: 60_000 });
      world.settle();
      worker.crash();
      world.run(2000);
    }
    expect(client.report).toBeUndefined();
    expect(world.job().maps[0]).toMatchObject({ lost: 0, lostWithoutGoodbye: 0 });
  });
});
