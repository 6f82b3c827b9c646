import { describe, expect, it } from 'vitest';
import { backups, LONG, racing, straggling } from './harness/straggling.ts';
import { World } from './harness/world.ts';

describe('a backup', () => {
  it('is started on another Worker after 10 s, when slots are idle and three tasks have ended', () => {
    const { world, client, quick } = straggling();
    world.run(5499);
    expect(quick.has).toEqual([]);
    world.run(1);
    expect(quick.has).toEqual(['map-00000.2 running']);
    expect(client.eventsOf('backup_started')).toEqual([
      {
        kind: 'backup_started',
        attempt: 'map-00000.2',
        worker_id: 'quick',
        slow_attempt: 'map-00000.1',
        slow_worker_id: 'slow',
        ran_ms: 10_000,
      },
    ]);
  });

  it('waits for one and a half times what is usual', () => {
    const world = new World();
    world.worker('slow', LONG);
    const quick = world.worker('quick', { taskMs: 20_000 });
    world.submit({ num_mappers: 4 });
    // The first three took 20 s each and end at 60 s, where 30 s are over long since.
    world.run(59_999);
    expect(backups(world)).toEqual([]);
    world.run(1);
    expect(quick.has).toContain('map-00000.2 running');

    const later = new World();
    later.worker('slow', LONG);
    for (const id of ['a', 'b', 'c']) later.worker(id, { taskMs: 20_000 });
    later.submit({ num_mappers: 4 });
    later.run(29_000);
    expect(backups(later)).toEqual([]);
    later.run(2000);
    expect(backups(later)).toEqual(['map-00000.2']);
  });

  it('is not started where fewer than three tasks have ended', () => {
    const world = new World();
    world.worker('slow', LONG);
    world.worker('quick');
    world.submit({ num_mappers: 3 });
    world.run(100_000);
    expect(world.job().mapsCommitted).toBe(2);
    expect(backups(world)).toEqual([]);
  });

  it('is not started while another job has a use for the slot', () => {
    const { world, quick } = straggling();
    world.submit({ num_mappers: 2, num_reducers: 0, output_directory: '/other' });
    world.run(20_000);
    expect(backups(world)).toEqual([]);
    quick.behaviour.taskMs = 1000;
    quick.end('job-2/map-00000.1');
    world.run(2000);
    expect(backups(world)).toEqual(['map-00000.2']);
  });

  it('is not started with --no-backup, nor beyond what the job may run at once', () => {
    const never = straggling({ backup: false });
    never.world.run(100_000);
    expect(backups(never.world)).toEqual([]);

    const world = new World();
    const quick = world.worker('quick', { slots: 1 });
    const slow = world.worker('slow', LONG);
    world.submit({ num_mappers: 5, max_running: 2 });
    world.run(4500);
    quick.behaviour.taskMs = Number.POSITIVE_INFINITY;
    world.run(6000);
    expect(backups(world)).toHaveLength(1);
    expect(slow.has).toHaveLength(1);
    const narrow = new World();
    const only = narrow.worker('w', { taskMs: 1000 });
    narrow.worker('idle', LONG);
    narrow.submit({ num_mappers: 4, max_running: 1 });
    narrow.run(3500);
    only.behaviour.slowness = () => 1000;
    narrow.run(100_000);
    expect(backups(narrow)).toEqual([]);
  });

  it('is not started on the same Worker', () => {
    const world = new World();
    const only = world.worker('n1', { slots: 2 });
    world.submit({ num_mappers: 4 });
    only.behaviour.slowness = (attempt) => (attempt === 'map-00003.1' ? 1000 : 1);
    world.run(100_000);
    expect(world.job().mapsCommitted).toBe(3);
    expect(backups(world)).toEqual([]);
  });

  it('is not started for a task that must run alone, nor beside another backup', () => {
    const { world, slow, quick } = straggling();
    slow.crash();
    world.run(3000);
    quick.crash();
    for (const id of ['x', 'y']) world.worker(id, LONG);
    world.run(3000);
    expect(world.job().maps[0]?.state).toMatchObject({ state: 'active', attempt: { alone: true } });
    world.run(100_000);
    expect(backups(world)).toEqual([]);

    const two = racing();
    two.world.worker('idle', LONG);
    two.world.run(100_000);
    expect(backups(two.world)).toEqual(['map-00000.2']);
  });

  it('is not started where a Worker is slow, or the task has failed', () => {
    const { world, quick } = straggling();
    world.worker('failing', { taskMs: 10, ending: () => ({ outcome: 'failed' }) });
    quick.crash();
    world.run(10_000);
    // The one that failed got nothing more of this task.
    expect(backups(world)).toEqual(['map-00000.2']);
    world.worker('good', LONG);
    world.run(2000);
    expect(backups(world)).toEqual(['map-00000.2', 'map-00000.3']);
    expect(world.workers.at(-1)?.has).toEqual(['map-00000.3 running']);
  });

  it('comes to one in ten attempts that run, and to one at least', () => {
    const world = new World();
    for (let id = 0; id < 25; id += 1) world.worker(`slow${String(id)}`, LONG);
    for (let id = 0; id < 5; id += 1) world.worker(`quick${String(id)}`);
    world.submit({ num_mappers: 30 });
    world.run(1500);
    for (const worker of world.workers) worker.behaviour.taskMs = Number.POSITIVE_INFINITY;
    world.run(60_000);
    expect(world.job().attempts.size).toBe(27);
    expect(backups(world)).toHaveLength(2);
  });

  it('is not started for what was late because this process stood still', () => {
    const { world, slow } = straggling();
    world.timeline.after(20_000, () => slow.end('map-00000.1'));
    world.standStill(30_000);
    world.run(10_000);
    expect(backups(world)).toEqual([]);
    expect(world.job().allMapsCommitted).toBe(true);
  });

  it('is not started for a reduce that has read more than others did', () => {
    const world = new World();
    const slow = world.worker('slow', { taskMs: 10 });
    for (const id of ['a', 'b']) world.worker(id, { taskMs: 10 });
    world.submit({ num_mappers: 1, num_reducers: 5 });
    slow.behaviour.slowness = (attempt) => (attempt.startsWith('reduce') ? 1e9 : 1);
    world.run(9000);
    const [name = ''] = slow.has;
    const index = Number(/reduce-0000(\d)/.exec(name)?.[1]);
    const ref = { job_id: 1, stage: 'reduce', task_index: index, attempt: 1 } as const;
    expect(name).toMatch(/running$/);
    const read = { ...ref, bytes_read: 1e12, bytes_written: 0, status: '' };
    slow.say({ message_type: 'progress', attempts: [read] });
    world.run(60_000);
    expect(backups(world)).toEqual([]);
    slow.say({ message_type: 'progress', attempts: [{ ...read, bytes_read: 100 }] });
    world.run(2000);
    expect(backups(world)).toEqual([`reduce-0000${String(index)}.2`]);
  });
});

describe('where nothing straggles', () => {
  it('there are no backups', () => {
    const world = new World();
    for (let id = 0; id < 8; id += 1) {
      world.worker(`n${String(id)}`, { taskMs: 20_000 + 1000 * id, slots: 2 });
    }
    const client = world.submit({ num_mappers: 37, num_reducers: 5 });
    world.runJobs(600_000);
    expect(client.report).toMatchObject({ outcome: 'succeeded', maps: { attempts: 37 } });
    expect(backups(world)).toEqual([]);
  });
});
