import { describe, expect, it } from 'vitest';
import { commandsOf } from './harness/commands-of.ts';
import { ALL_PHASES, release, standing } from './harness/phases.ts';
import { planOf } from './harness/plans.ts';
import { World } from './harness/world.ts';

const LONG = { taskMs: Number.POSITIVE_INFINITY };

describe('a submission', () => {
  it('is accepted only when its record is durable', () => {
    const world = new World();
    world.worker('n1');
    world.settle();
    world.disk.hold('append');
    const client = world.client().submit();
    world.run(1000);
    expect(client.replies).toEqual([]);
    expect(client.status().state).toBe('preparing');
    world.disk.release('append');
    world.settle();
    expect(client.last('job_accepted')).toMatchObject({
      job: 'job-0001',
      output_directory: '/out',
    });
  });

  it('that cannot be prepared is refused and leaves nothing', () => {
    const world = new World();
    const reason = 'Cannot read input "/in": no such file or directory';
    world.disk.answer('prepare_job', ({ request }) => ({ type: 'job_refused', request, reason }));
    const client = world.client().submit().end();
    world.settle();
    expect(client.error).toMatchObject({ code: 'refused', message: reason });
    expect(client.closed).toBe(true);
    expect(world.state.jobs.size).toBe(0);
    expect(commandsOf(world, 'make_staging')).toEqual([]);
  });

  it('whose staging cannot be made is refused and leaves nothing', () => {
    const world = new World();
    const reason = 'Cannot write to "/out": permission denied';
    world.disk.answer('make_staging', ({ jobId }) => ({ type: 'staging_failed', jobId, reason }));
    const client = world.client().submit({ submission_id: 'once' });
    world.settle();
    expect(client.error?.message).toBe(reason);
    expect(world.state.jobs.size).toBe(0);
    world.disk.heal('make_staging');
    const again = world.submit({ submission_id: 'once' });
    expect(again.last('job_accepted')?.job).toBe('job-0002');
  });

  it('tells the planner how many slots there are', () => {
    const world = new World();
    world.worker('n1', { slots: 3 });
    world.worker('n2', { slots: 2 });
    world.worker('n3', { slots: 9, problem: 'blind' });
    world.settle();
    world.client().submit();
    expect(commandsOf(world, 'prepare_job')).toMatchObject([{ slots: 5 }]);
  });

  it('with --dry-run is planned and nothing else', () => {
    const world = new World();
    const client = world.client().submit({ dry_run: true }).end();
    world.settle();
    expect(client.last('job_plan')?.plan).toEqual(planOf({ ...specFields }).summary);
    expect(client.closed).toBe(true);
    expect(world.state.jobs.size).toBe(0);
    expect(commandsOf(world, 'make_staging')).toEqual([]);
  });

  it('with options left out gets the defaults of the protocol', () => {
    const world = new World();
    const worker = world.worker('n1', LONG);
    world.submit({ umask: 0o027, num_mappers: 1 });
    expect(worker.orders.at(-1)).toMatchObject({
      message_type: 'new_map_task',
      mapper: './map',
      reducer: './reduce',
      combiner: null,
      reduces: 1,
      last_map: true,
      output_mode: 0o640,
      task_timeout_ms: 600_000,
      job_directory: '/shared/jobs/job-0001',
      staging_directory: '/.out.job-0001',
    });
  });
});

const specFields = {
  input_directory: '/in',
  output_directory: '/out',
  mapper_executable: './map',
  num_mappers: 2,
  num_reducers: 1,
};

describe('a submission_id', () => {
  it.each(ALL_PHASES)('that comes again while its job is %s means the same job', (phase) => {
    const job = standing(phase, { submission_id: 'once' });
    const { world } = job;
    const again = world.client().submit({ submission_id: 'once' });
    release(job);
    world.settle();
    expect(again.last('job_accepted')?.job).toBe('job-0001');
    expect(world.state.jobs.size).toBe(1);
  });

  it('that comes again after the end means the same job', () => {
    const world = new World();
    world.worker('n1');
    world.submit({ submission_id: 'once' });
    world.runJobs();
    const again = world.submit({ submission_id: 'once' });
    expect(again.report?.outcome).toBe('succeeded');
    expect(world.state.jobs.size).toBe(1);
  });

  it('of a dry run does not stand for a job', () => {
    const world = new World();
    world.disk.hold('prepare_job');
    world.client().submit({ submission_id: 'once', dry_run: true });
    const real = world.client().submit({ submission_id: 'once' });
    world.disk.release('prepare_job');
    world.settle();
    expect(real.last('job_accepted')?.job).toBe('job-0001');
  });

  it('of a job that was removed is free again', () => {
    const world = new World();
    world.worker('n1');
    const client = world.submit({ submission_id: 'once' });
    world.runJobs();
    client.say({ message_type: 'remove_job', job: '1' });
    world.settle();
    expect(world.submit({ submission_id: 'once' }).last('job_accepted')?.job).toBe('job-0002');
  });
});

describe('an output', () => {
  it.each([
    ['the same', '/data/out'],
    ['an enclosing', '/data'],
    ['an enclosed', '/data/out/deep/er'],
  ])('that is %s path as that of an unfinished job is refused, naming it', (_kind, path) => {
    const world = new World();
    world.submit({ output_directory: '/data/out' });
    const second = world.submit({ output_directory: path });
    expect(second.error?.message).toBe(
      `Cannot write to "${path}": job-0001 is writing to "/data/out", and two jobs cannot share or nest outputs`,
    );
    expect(world.state.jobs.size).toBe(1);
  });

  it('beside another with the same beginning is nobody’s business', () => {
    const world = new World();
    world.submit({ output_directory: '/data/out' });
    expect(world.submit({ output_directory: '/data/out2' }).error).toBeUndefined();
  });

  it('is reserved from the moment it is planned', () => {
    const world = new World();
    world.disk.hold('make_staging');
    world.client().submit();
    world.settle();
    expect(world.client().submit().error).toBeUndefined();
    world.settle();
    expect(world.state.jobs.size).toBe(1);
  });

  it('is free again when its job has ended', () => {
    const world = new World();
    world.worker('n1');
    const first = world.submit();
    first.cancel();
    world.runJobs();
    expect(world.submit().error).toBeUndefined();
  });

  it('that nobody named lies in the job’s own directory', () => {
    const world = new World();
    const first = world.submit({ output_directory: null });
    const second = world.submit({ output_directory: null });
    expect(first.last('job_accepted')?.output_directory).toBe('/shared/jobs/job-0001/output');
    expect(second.last('job_accepted')?.output_directory).toBe('/shared/jobs/job-0002/output');
  });

  it('on a mount point is staged inside', () => {
    const world = new World();
    world.disk.answer('prepare_job', ({ request, spec }) => ({
      type: 'job_prepared',
      request,
      plan: { ...planOf(spec), output: { directory: '/mnt', mode: 'in_place' } },
    }));
    world.submit();
    expect(world.job().place).toEqual({
      directory: '/mnt',
      stagingDirectory: '/mnt/.job-0001',
      mode: 'in_place',
    });
  });
});
