import { describe, expect, it } from 'vitest';
import { planOf } from './harness/plans.ts';
import type { Ending } from './harness/sim-attempts.ts';
import type { SimClient } from './harness/sim-client.ts';
import { World } from './harness/world.ts';

const LONG = { taskMs: Number.POSITIVE_INFINITY };

/** The answer's source, or the words of the error. */
function ask(client: SimClient, task: string): unknown {
  const before = client.replies.length;
  client.say({ message_type: 'read_input', job: '1', task });
  const [reply] = client.replies.slice(before);
  if (reply?.message_type === 'error') return reply.message;
  return reply?.message_type === 'task_input' ? reply.source : reply;
}

/** What the shell is asked to answer about a map. */
function asked(world: World, client: SimClient, task: string): unknown {
  world.disk.hold('read_plan');
  ask(client, task);
  const command = world.disk.held('read_plan').at(-1);
  world.disk.release('read_plan');
  return command && { index: command.taskIndex, ...command.answer };
}

const BY_TASK = { index: 1, job: 'job-0001', task: 'map-00001', source: { failed_at: null } };

/** Every map reads two files. */
function twoPiecesEach(world: World): void {
  world.disk.answer('prepare_job', ({ request, spec }) => {
    const plan = planOf(spec);
    const maps = plan.maps.map((pieces) =>
      pieces.flatMap((piece) => [piece, { ...piece, path: `${piece.path}-b` }]),
    );
    return { type: 'job_prepared', request, plan: { ...plan, maps } };
  });
}

describe('the input of a map', () => {
  it('is in the plan on disk, while the job runs and after it has ended', () => {
    const world = new World();
    world.worker('n1');
    const client = world.submit();
    expect(asked(world, client, 'map-1')).toMatchObject(BY_TASK);
    expect(asked(world, client, 'map-00001.1')).toMatchObject({ task: 'map-00001.1' });
    world.runJobs();
    expect(asked(world, client, 'map-1')).toMatchObject(BY_TASK);
    expect(world.job().mapInputs).toHaveLength(0);
  });

  it('comes with the rules of the job', () => {
    const world = new World();
    const client = world.submit({ one_process: true, separator: ',' });
    expect(asked(world, client, 'map-0')).toMatchObject({
      source: { kind: 'map', rules: { one_process: true, separator: ',', key_fields: 1 } },
    });
  });

  it('is answered once, so that a client that sends no more is closed on', () => {
    const world = new World();
    const client = world.submit();
    world.disk.hold('read_plan');
    const other = world.client().say({ message_type: 'read_input', job: null, task: 'map-0' });
    other.end();
    expect(other.closed).toBe(false);
    world.disk.release('read_plan');
    world.settle();
    expect(other.closed).toBe(true);
    expect(client.closed).toBe(false);
  });

  it('has the piece at which a named attempt failed, and only that attempt', () => {
    const world = new World();
    twoPiecesEach(world);
    const input = { path: '/in/file-0-b', start: 0, length: 100 };
    const ending = (name: string): Ending =>
      name === 'map-00000.1' ? { outcome: 'failed', input } : 'finished';
    world.worker('n1', { ending });
    const client = world.submit();
    world.runJobs();
    expect(asked(world, client, 'map-0.1')).toMatchObject({ source: { failed_at: input } });
    expect(asked(world, client, 'map-0.2')).toMatchObject({ source: { failed_at: null } });
    expect(asked(world, client, 'map-0')).toMatchObject({ source: { failed_at: null } });
  });

  it('is all of it when one process reads all pieces', () => {
    const world = new World();
    twoPiecesEach(world);
    const input = { path: '/in/file-0-b', start: 0, length: 100 };
    world.worker('n1', { ending: () => ({ outcome: 'failed', input }) });
    const client = world.submit({ one_process: true });
    world.runJobs();
    expect(asked(world, client, 'map-0.1')).toMatchObject({ source: { failed_at: null } });
  });

  it('has that piece for the attempt of the report, however many failed after it', () => {
    const world = new World();
    twoPiecesEach(world);
    const input = { path: '/in/file-0', start: 0, length: 100 };
    world.worker('n1', { ending: () => ({ outcome: 'failed', input }), taskMs: 1 });
    const client = world.submit({ num_mappers: 101, max_attempts: 1, keep_going: true });
    world.runJobs(10_000_000);
    expect(client.report?.failure?.attempt).toBe('map-00000.1');
    expect(world.job().failedInputs.has('map-00000.1')).toBe(false);
    expect(asked(world, client, 'map-0.1')).toMatchObject({ source: { failed_at: input } });
    expect(asked(world, client, 'map-0')).toMatchObject({ source: { failed_at: null } });
  });

  it('of the last hundred failed attempts is remembered', () => {
    const world = new World();
    twoPiecesEach(world);
    const input = { path: '/in/file-0', start: 0, length: 100 };
    world.worker('n1', { ending: () => ({ outcome: 'failed', input }), taskMs: 1 });
    world.submit({ num_mappers: 1, max_attempts: 120 });
    world.runJobs(10_000_000);
    const names = [...world.job().failedInputs.keys()];
    expect(names).toHaveLength(100);
    expect(names.at(-1)).toBe('map-00000.120');
  });
});

describe('the input of a reduce', () => {
  const source = {
    kind: 'reduce',
    job_directory: '/shared/jobs/job-0001',
    manifest_path: '/shared/jobs/manifest.1',
    task_index: 2,
    reduces: 3,
    rules: { sort_values: true },
  };

  it('is named once all maps are done', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    const client = world.submit({ num_reducers: 3, sort_values: true });
    expect(ask(client, 'reduce-2')).toBe(
      'reduce-00002 of job-0001 has no input yet: 0 of 2 maps are done',
    );
    worker.end('map-00000.1', 'finished');
    worker.end('map-00001.1', 'finished');
    world.settle();
    expect(ask(client, 'reduce-2')).toMatchObject(source);
  });

  it('stays after a failure, as long as the map output is kept', () => {
    const world = new World({ keepFailedMs: 60_000 });
    world.worker('n1', {
      ending: (name) => (name.startsWith('reduce-00002') ? { outcome: 'failed' } : 'finished'),
    });
    const client = world.submit({ num_reducers: 3, sort_values: true });
    world.runJobs();
    expect(ask(client, 'reduce-00002.4')).toMatchObject(source);
    world.run(70_000);
    expect(ask(client, 'reduce-2')).toBe(
      'The map output of job-0001 is gone: it was kept for a while after its end (--keep-failed of the Manager)',
    );
  });

  it('is gone with success, from the moment the output is in place', () => {
    const world = new World();
    world.worker('n1');
    const client = world.submit();
    world.disk.hold('clean_up');
    world.run(60_000);
    const gone = 'The map output of job-0001 is gone: it is kept only of jobs that failed';
    expect(ask(client, 'reduce-0')).toBe(gone);
    world.disk.release('clean_up');
    world.runJobs();
    expect(ask(client, 'reduce-0')).toBe(gone);
  });

  it('never was when the job ended among its maps', () => {
    const world = new World();
    world.worker('n1', {
      ending: (name) => (name.startsWith('map-00001') ? { outcome: 'failed' } : 'finished'),
    });
    const client = world.submit();
    world.runJobs();
    expect(ask(client, 'reduce-0')).toBe(
      'reduce-00000 of job-0001 has no input: the job ended when 1 of 2 maps are done',
    );
  });
});

describe('a task that is not there', () => {
  it.each([
    ['nonsense', 'Cannot find task "nonsense": expected a name such as map-00012 or map-00012.2'],
    ['map-7', 'job-0001 has no map-00007: it has 2 map tasks'],
    ['reduce-1', 'job-0001 has no reduce-00001: it has 1 reduce task'],
    ['map-0.9', 'job-0001 has no attempt map-0.9: the last of map-00000 is 1'],
    ['reduce-0.1', 'job-0001 has no attempt reduce-0.1: there was none yet'],
  ])('%s is refused', (task, words) => {
    const world = new World();
    world.worker('n1', LONG);
    const client = world.submit();
    expect(ask(client, task)).toBe(words);
    expect(client.error?.code).toBe('no_such_job');
  });

  it('nor is one of a job that is still being prepared', () => {
    const world = new World();
    world.disk.hold('make_staging');
    const client = world.client().submit();
    world.settle();
    expect(ask(client, 'map-0')).toBe('job-0001 is still being prepared: ask again');
  });
});
