import { describe, expect, it } from 'vitest';
import { findJob } from '../../../src/manager/scheduler/queries.ts';
import type { Ending } from './harness/sim-attempts.ts';
import { World } from './harness/world.ts';

const LONG = { taskMs: Number.POSITIVE_INFINITY };

describe('watching', () => {
  it('streams what was missed from a number on, and the end', () => {
    const world = new World();
    world.worker('n1');
    world.submit();
    world.run(1500);
    const late = world.client().watch('job-0001', 1);
    expect(late.all('job_event').map(({ number }) => number)).toEqual([2]);
    world.runJobs();
    expect(late.events.map((event) => event.kind)).toEqual([
      'stage_started',
      'stage_started',
      'stage_started',
    ]);
    expect(late.report?.outcome).toBe('succeeded');
  });

  it('of an ended job gives its events and its end at once', () => {
    const world = new World();
    world.worker('n1');
    world.submit();
    world.runJobs();
    const late = world.client().watch('1').end();
    expect(late.events).toHaveLength(4);
    expect(late.report?.outcome).toBe('succeeded');
    expect(late.closed).toBe(true);
  });

  it('does not end with the client that submitted', () => {
    const world = new World();
    world.worker('n1');
    const client = world.submit();
    client.leave();
    world.runJobs();
    expect(world.job().phase).toMatchObject({ report: { outcome: 'succeeded' } });
    expect(client.report).toBeUndefined();
  });

  it('shows progress every half second, which a slow reader may miss', () => {
    const world = new World();
    world.worker('n1', LONG);
    const client = world.submit();
    world.run(2000);
    expect(client.eventsOf('progress')).toHaveLength(5);
    const droppable = world.steps.flatMap(({ commands }) =>
      commands.flatMap((command) =>
        command.type === 'send_client' && command.message.message_type === 'job_event'
          ? [(command.message.event.kind === 'progress') === command.droppable]
          : [],
      ),
    );
    expect(droppable).not.toContain(false);
  });

  it('counts what running attempts have read', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    const client = world.submit({ num_mappers: 2 });
    const attempt = { job_id: 1, stage: 'map', task_index: 0, attempt: 1 } as const;
    const read = { ...attempt, bytes_read: 40, bytes_written: 7, status: 'halfway' };
    worker.say({ message_type: 'progress', attempts: [read] });
    world.run(500);
    expect(client.eventsOf('progress').at(-1)).toMatchObject({
      stage: 'map',
      maps: { tasks: 2, done: 0, running: 1, bytes_done: 40, bytes_total: 200 },
      slots: 1,
      status: 'halfway',
    });
    expect(client.status().running_attempts).toMatchObject([
      { attempt: 'map-00000.1', state: 'running', bytes_read: 40, status: 'halfway' },
      { attempt: 'map-00001.1', state: 'queued' },
    ]);
  });
});

describe('the progress of a job', () => {
  it('is counted in bytes in reduces too, from when it is known how much they read', () => {
    const world = new World();
    const worker = world.worker('n1');
    const client = world.submit({ num_mappers: 3, num_reducers: 1 });
    expect(client.status().reduces).toMatchObject({ bytes_done: 0, bytes_total: 0 });
    world.runUntil(() => worker.ran.includes('reduce-00000.1'));
    world.run(10);
    const attempt = { job_id: 1, stage: 'reduce', task_index: 0, attempt: 1 } as const;
    const read = { ...attempt, bytes_read: 12, bytes_written: 7, status: '' };
    worker.say({ message_type: 'progress', attempts: [read] });
    world.settle();
    expect(client.status().reduces).toMatchObject({ bytes_done: 12, bytes_total: 30 });
  });

  it('stays what it was when the job fails', () => {
    const world = new World();
    const ending = (name: string): Ending =>
      name.includes('map') ? 'finished' : { outcome: 'failed' };
    world.worker('n1', { ending });
    const client = world.submit({ num_mappers: 3, num_reducers: 1 });
    world.runJobs();
    expect(client.status()).toMatchObject({
      state: 'failed',
      maps: { tasks: 3, done: 3, bytes_done: 300, bytes_total: 300 },
      reduces: { tasks: 1, done: 0 },
    });
  });
});

describe('a client that sends no more', () => {
  it('is closed once it was answered', () => {
    const world = new World();
    const client = world.client().say({ message_type: 'list_jobs' }).end();
    expect(client.last('jobs')).toBeDefined();
    expect(client.closed).toBe(true);
  });

  it('is closed at once when it asked for nothing', () => {
    const world = new World();
    expect(world.client().end().closed).toBe(true);
  });

  it('is not closed while an answer is owed', () => {
    const world = new World();
    world.disk.hold('prepare_job');
    const client = world.client().submit().end();
    world.run(5000);
    expect(client.closed).toBe(false);
    world.disk.release('prepare_job');
    world.settle();
    expect(client.last('job_accepted')).toBeDefined();
    expect(client.closed).toBe(true);
  });

  it('is not closed while it watches, though it asked twice', () => {
    const world = new World();
    const client = world.client().submit();
    world.settle();
    client.watch().watch().end();
    world.run(1000);
    expect(client.closed).toBe(false);
    world.worker('n1');
    world.runJobs();
    expect(client.all('job_finished')).toHaveLength(1);
    expect(client.closed).toBe(true);
  });

  it('is closed when the log that it asked for was read', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    world.submit({ num_mappers: 1 });
    worker.end('map-00000.1', { outcome: 'failed' });
    world.settle();
    world.disk.hold('read_log');
    const client = world.client().say({ message_type: 'read_log', job: null }).end();
    expect(world.disk.held('read_log')).toMatchObject([{ attempt: { attempt: 1 }, offset: 0 }]);
    expect(client.closed).toBe(false);
    world.disk.release('read_log');
    world.settle();
    expect(client.closed).toBe(true);
  });
});

describe('a job’s name', () => {
  it('may be its number, its whole name, a unique beginning, or nothing for the latest', () => {
    const world = new World();
    for (let count = 0; count < 11; count += 1) {
      world.submit({ output_directory: `/out-${String(count)}` });
    }
    const found = (word: string | null): string => {
      const job = findJob(world.state, word);
      return typeof job === 'string' ? job : job.name;
    };
    expect(found('job-0003')).toBe('job-0003');
    expect(found('3')).toBe('job-0003');
    expect(found(null)).toBe('job-0011');
    expect(found('job-001')).toBe('Job "job-001" is not unique: 2 jobs begin so');
    expect(found('job-0012')).toBe('Cannot find job "job-0012": see mapreduce list --all');
    expect(found('')).toBe('Cannot find job "": see mapreduce list --all');
  });

  it('that is nobody’s is answered with an error', () => {
    const world = new World();
    const client = world.client().watch().end();
    expect(client.error).toMatchObject({
      code: 'no_such_job',
      message: 'No job has been submitted to this Manager',
    });
    expect(client.closed).toBe(true);
  });
});

describe('lists of jobs', () => {
  it('come in pages from the latest', () => {
    const world = new World();
    for (let count = 0; count < 105; count += 1) {
      world.client().submit({ output_directory: `/out-${String(count)}` });
    }
    world.settle();
    const client = world.client().say({ message_type: 'list_jobs', all: true });
    const first = client.last('jobs');
    expect(first?.jobs.map((job) => job.job_id)).toEqual(
      Array.from({ length: 100 }, (_, index) => 105 - index),
    );
    expect(first).toMatchObject({ next: 6 });
    client.say({ message_type: 'list_jobs', all: true, before: first?.next ?? 0 });
    expect(client.last('jobs')?.jobs.map((job) => job.job_id)).toEqual(
      Array.from({ length: 5 }, (_, index) => 5 - index),
    );
    expect(client.last('jobs')?.next).toBeNull();
  });

  it('leave out what has ended, and count it', () => {
    const world = new World();
    world.worker('n1');
    world.submit();
    world.runJobs();
    world.worker('n2', LONG);
    world.submit({ output_directory: '/b', job_name: 'second' });
    const client = world.client().say({ message_type: 'list_jobs' });
    expect(client.last('jobs')).toMatchObject({
      jobs: [{ job: 'job-0002', name: 'second', state: 'running' }],
      finished_today: 1,
    });
  });
});

describe('a log', () => {
  it('is that of the attempt that failed last, of a task’s latest, or of the one named', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    const client = world.submit({ num_mappers: 2 });
    client.say({ message_type: 'read_log', job: '1' });
    expect(client.error?.message).toMatch(/^No attempt of job-0001 has failed/);
    worker.end('map-00000.1', { outcome: 'failed' });
    world.settle();
    world.disk.hold('read_log');
    const asked = (task?: string): unknown => {
      const message = { message_type: 'read_log', job: '1' } as const;
      client.say(task === undefined ? message : { ...message, task });
      return world.disk.held('read_log').at(-1)?.attempt;
    };
    expect(asked()).toMatchObject({ task_index: 0, attempt: 1 });
    expect(asked('map-0')).toMatchObject({ task_index: 0, attempt: 2 });
    expect(asked('map-00000.1')).toMatchObject({ task_index: 0, attempt: 1 });
    client.say({ message_type: 'read_log', job: '1', task: 'reduce-0' });
    expect(client.error?.message).toBe('job-0001 has no attempt of reduce-00000');
    client.say({ message_type: 'read_log', job: '1', task: 'map-0.9' });
    expect(client.error?.message).toBe(
      'job-0001 has no attempt map-0.9: the last of map-00000 is 2',
    );
    client.say({ message_type: 'read_log', job: '1', task: 'map-7' });
    expect(client.error?.message).toBe('job-0001 has no map-00007: it has 2 map tasks');
    client.say({ message_type: 'read_log', job: '1', task: 'nonsense' });
    expect(client.error?.message).toMatch(/^Cannot find task "nonsense"/);
  });

  it('of an ended job is found by the task’s last attempt too', () => {
    const world = new World();
    world.worker('n1', {
      ending: (name) => (name === 'map-00001.1' ? { outcome: 'failed' } : 'finished'),
    });
    const client = world.submit({ num_mappers: 2 });
    world.runJobs();
    world.disk.hold('read_log');
    client.say({ message_type: 'read_log', job: '1', task: 'map-1' });
    client.say({ message_type: 'read_log', job: '1', task: 'map-0' });
    expect(world.disk.held('read_log').map(({ attempt }) => attempt.attempt)).toEqual([2, 1]);
  });
});
