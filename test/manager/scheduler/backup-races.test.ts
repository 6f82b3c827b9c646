import { describe, expect, it } from 'vitest';
import { commandsOf } from './harness/commands-of.ts';
import { losesOutputOf } from './harness/disk.ts';
import { cancels, commits, LONG, racing, settled } from './harness/straggling.ts';
import { World } from './harness/world.ts';
import { statisticsOf } from '../../statistics-of.ts';

describe('of two attempts of a task', () => {
  it('the backup wins when it is first; the other is ended, and both are in the job log', () => {
    const { world, client, slow, quick } = racing();
    expect(client.status().maps.backups).toBe(1);
    quick.end('map-00000.2');
    world.settle();
    expect(commits(world)).toContain('map-00000.2');
    expect(cancels(slow)).toEqual(['map-00000.1: map-00000.2 was first']);
    world.run(1000);
    expect(slow.has).not.toContain('map-00000.1 running');
    const rows = commandsOf(world, 'log_attempt').map(({ row }) => row);
    expect(rows.filter(({ attempt }) => attempt.task_index === 0)).toMatchObject([
      { outcome: 'finished', detail: 'backup of map-00000.1' },
      { outcome: 'returned', detail: 'another attempt was first' },
    ]);
    const reducing = world.workers.find((worker) => worker.has.includes('reduce-00000.1 running'));
    reducing?.end('reduce-00000.1');
    world.runJobs();
    expect(client.report).toMatchObject({
      outcome: 'succeeded',
      maps: { tasks: 5, attempts: 7, backups: 1, failed: 0, lost: 0 },
      reduces: { backups: 0 },
      counters: { test: { map: '5', reduce: '1' } },
    });
  });

  it('the first wins when it is first after all, and its Worker is not slow then', () => {
    const { world, slow, quick } = racing();
    slow.end('map-00000.1');
    world.settle();
    expect(commits(world)).toContain('map-00000.1');
    expect(cancels(quick)).toEqual(['map-00000.2: map-00000.1 was first']);
    expect(world.job().started.slowWorkers.size).toBe(0);
  });

  it('the second that finishes is discarded, whether the first is recorded or not', () => {
    const during = racing();
    during.world.disk.hold('append');
    during.quick.end('map-00000.2');
    during.world.settle();
    during.slow.end('map-00000.1');
    during.world.settle();
    expect(settled(during.slow)).toEqual(['map-00000.1 discard']);
    during.world.disk.release('append');
    during.world.settle();
    expect(settled(during.quick)).toContain('map-00000.2 committed');
    expect(cancels(during.slow)).toEqual([]);

    const after = racing();
    after.slow.behaviour.killMs = 1000;
    after.quick.end('map-00000.2');
    after.world.settle();
    const late = { job_id: 1, stage: 'map', task_index: 0, attempt: 1 } as const;
    after.slow.say({
      message_type: 'finished',
      ...late,
      outputs: [{ name: 'run', bytes: 10, records: 1, crc32: 0 }],
      statistics: statisticsOf({
        input_bytes: 100,
        input_records: 10,
        output_bytes: 10,
        output_records: 1,
        duration_ms: 1,
      }),
      counters: [],
    });
    after.world.settle();
    expect(settled(after.slow)).toEqual(['map-00000.1 discard']);
    expect(after.world.job().mapsCommitted).toBe(5);
  });

  it('the other goes on when the output of the first is not there', () => {
    const { world, slow, quick } = racing();
    world.disk.answer('check_outputs', losesOutputOf('map-00000.2'));
    quick.end('map-00000.2');
    world.settle();
    expect(settled(quick)).toContain('map-00000.2 discard');
    expect(slow.has).toEqual(['map-00000.1 running']);
    expect(world.job().maps[0]?.state).toMatchObject({ state: 'active', rival: undefined });
    slow.end('map-00000.1');
    world.settle();
    expect(world.job().allMapsCommitted).toBe(true);
  });

  it.each(['slow', 'quick'] as const)(
    'one is lost with the Worker %s and the other goes on',
    (id) => {
      const scene = racing();
      const other = id === 'slow' ? scene.quick : scene.slow;
      scene[id].crash();
      scene.world.run(3000);
      expect(other.has).toHaveLength(1);
      expect(scene.world.job().pendingMaps.size).toBe(0);
      expect(scene.client.eventsOf('attempt_lost')).toHaveLength(1);
      other.end(other === scene.quick ? 'map-00000.2' : 'map-00000.1');
      scene.world.settle();
      expect(scene.world.job().allMapsCommitted).toBe(true);
    },
  );

  it('each that fails is charged, and the last that may fails the job', () => {
    const { world, client, slow, quick } = racing({ max_attempts: 2 });
    quick.end('map-00000.2', { outcome: 'failed' });
    world.settle();
    expect(client.eventsOf('attempt_failed')).toMatchObject([
      { attempt: 'map-00000.2', charged: 1, max_attempts: 2 },
    ]);
    expect(slow.has).toEqual(['map-00000.1 running']);
    slow.end('map-00000.1', { outcome: 'failed' });
    world.runJobs();
    expect(client.report).toMatchObject({ outcome: 'failed', failure: { charged_attempts: 2 } });
  });

  it('the other is ended where the failure of the first fails the job or its task', () => {
    const failing = racing({ max_attempts: 1 });
    failing.quick.end('map-00000.2', { outcome: 'failed' });
    failing.world.settle();
    expect(cancels(failing.slow)).toEqual(['map-00000.1: job-0001 failed']);
    failing.world.runJobs();
    expect(failing.client.report?.outcome).toBe('failed');

    const going = racing({ max_attempts: 1, keep_going: true });
    going.quick.end('map-00000.2', { outcome: 'failed' });
    going.world.settle();
    expect(cancels(going.slow)[0]).toMatch(/^map-00000\.1: /);
    going.world.runJobs();
    expect(going.client.report?.outcome).toBe('failed');
  });

  it('both are ended when the job is cancelled', () => {
    const { world, client, slow, quick } = racing();
    client.cancel();
    world.runJobs();
    expect(slow.has).toEqual([]);
    expect(quick.has).toEqual([]);
    expect(client.report?.outcome).toBe('cancelled');
  });

  it('one that is too late is waited for before staging goes', () => {
    const world = new World();
    const slow = world.worker('slow', { ...LONG, killMs: 300 });
    const quick = world.worker('quick');
    const client = world.submit({ num_mappers: 5, num_reducers: 0 });
    world.run(4500);
    world.run(8000);
    expect(commits(world)).toContain('map-00000.2');
    expect(quick.ran).toContain('map-00000.2');
    expect(client.report?.outcome).toBe('succeeded');
    const given = world.steps.findIndex(
      ({ event }) => event.type === 'worker_message' && event.message.message_type === 'returned',
    );
    const cleaned = world.steps.findIndex(({ commands }) =>
      commands.some(({ type }) => type === 'clean_up'),
    );
    expect(given).toBeGreaterThan(0);
    expect(cleaned).toBeGreaterThanOrEqual(given);
    expect(slow.has).toEqual([]);
  });

  it('the one whose Worker comes back is still wanted', () => {
    const { world, slow, quick } = racing();
    slow.drop();
    quick.drop();
    world.run(1000);
    expect(slow.has).toEqual(['map-00000.1 running']);
    expect(quick.has).toEqual(['map-00000.2 running']);
    slow.end('map-00000.1');
    world.run(1000);
    expect(quick.has).not.toContain('map-00000.2 running');
    expect(world.job().allMapsCommitted).toBe(true);
  });
});
