import { describe, expect, it } from 'vitest';
import { commandsOf } from './harness/commands-of.ts';
import { release, standing } from './harness/phases.ts';
import { EMPTY } from './harness/plans.ts';
import { World } from './harness/world.ts';

describe('a job', () => {
  it('with an empty input has its reduces run over nothing', () => {
    const world = new World();
    const worker = world.worker('n1');
    const client = world.submit({ job_name: EMPTY, num_reducers: 2 });
    world.runJobs();
    expect(worker.ran).toEqual(['reduce-00000.1', 'reduce-00001.1']);
    expect(client.report).toMatchObject({ outcome: 'succeeded', output_parts: 2 });
  });

  it('with an empty input and no reduces publishes an empty output without any Worker', () => {
    const world = new World();
    const client = world.submit({ job_name: EMPTY, num_reducers: 0 });
    world.runJobs();
    expect(client.report).toMatchObject({ outcome: 'succeeded', output_parts: 0 });
  });

  it('of maps only publishes what they wrote, without a manifest', () => {
    const world = new World();
    const worker = world.worker('n1');
    const client = world.submit({ num_mappers: 3, num_reducers: 0, success_marker: true });
    world.runJobs();
    expect(worker.ran).toHaveLength(3);
    expect(commandsOf(world, 'write_manifest')).toEqual([]);
    expect(commandsOf(world, 'prepare_publish')).toMatchObject([
      { parts: [0, 1, 2].map((partIndex) => ({ partIndex })), successMarker: true, umask: 0o022 },
    ]);
    expect(client.report).toMatchObject({ output_parts: 3, output_bytes: 30, output_records: 3 });
  });

  it('waits for the record of `publishing` before it puts anything in place', () => {
    const job = standing('preparing to publish');
    const { world, client } = job;
    world.disk.hold('append');
    release(job);
    world.disk.hold('append');
    world.run(1000);
    expect(client.report).toBeUndefined();
    world.disk.release('append');
    world.runJobs();
    expect(commandsOf(world, 'publish')).toMatchObject([{ device: 1, inode: 2, overwrite: false }]);
    expect(client.report?.outcome).toBe('succeeded');
  });

  it('is published once though its preparation is reported twice', () => {
    const { world } = standing('publishing');
    const [prepared] = world.steps.filter(({ event }) => event.type === 'publish_prepared');
    if (prepared) world.step(prepared.event);
    world.disk.release('publish');
    world.runJobs();
    expect(commandsOf(world, 'publish')).toHaveLength(1);
  });

  it.each(['prepare_publish', 'publish'] as const)(
    'whose output cannot be put in place (%s) fails with the reason',
    (type) => {
      const world = new World();
      world.worker('n1');
      const reason = 'Cannot rename "/.out.job-0001/publish" to "/out": no space left on device';
      world.disk.answer(type, ({ jobId }: { jobId: number }) => ({
        type: 'publish_failed',
        jobId,
        reason,
      }));
      const client = world.submit();
      world.runJobs();
      expect(client.report).toMatchObject({
        outcome: 'failed',
        failure: { cause: reason, charged_attempts: 0 },
        output_parts: 0,
        kept_bytes: 1000,
      });
    },
  );

  it('whose manifest cannot be written fails with the reason', () => {
    const world = new World();
    world.worker('n1');
    world.disk.answer('write_manifest', ({ jobId }) => ({
      type: 'storage_failed',
      jobId,
      reason: 'Cannot write "/shared/jobs": read-only file system',
    }));
    const client = world.submit();
    world.runJobs();
    expect(client.report?.failure?.cause).toMatch(/read-only/);
  });

  it('keeps its intermediate data only when it did not succeed', () => {
    const world = new World();
    world.worker('n1');
    const client = world.submit();
    world.runJobs();
    expect(commandsOf(world, 'clean_up')).toMatchObject([{ keepIntermediates: false }]);
    expect(client.report?.kept_bytes).toBe(0);
  });

  it('is told of by events that are numbered without a gap', () => {
    const world = new World();
    world.worker('n1');
    const client = world.submit();
    world.runJobs();
    const numbers = client
      .all('job_event')
      .filter(({ event }) => event.kind !== 'progress')
      .map(({ number }) => number);
    expect(numbers).toEqual([1, 2, 3, 4]);
  });

  it('runs with the number that the Manager was told to begin with', () => {
    const world = new World({ firstJobId: 7 });
    expect(world.submit().last('job_accepted')?.job).toBe('job-0007');
  });
});
