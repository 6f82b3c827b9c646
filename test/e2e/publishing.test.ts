import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { needsPrograms } from '../needs.ts';
import { Cluster, Program, scratch, stop } from './cluster.ts';
import { netcat } from './netcat.ts';
import { parts } from './shell.ts';

/** The last stage is short: system calls of the Manager are held up to act in the middle of it. */

const HELD_UP_MICROSECONDS = 500_000;

/** Makes each of these calls of a process take so much longer, until the test ends. */
async function slow(context: TestContext, pid: number, calls: string): Promise<void> {
  needsPrograms(context, 'strace');
  const inject = `inject=${calls}:delay_enter=${String(HELD_UP_MICROSECONDS)}`;
  const flags = ['-f', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', inject];
  const tracer = new Program('strace', [...flags, '-p', String(pid)]);
  onTestFinished(() => stop(tracer));
  await tracer.said(/attached/).catch(() => context.skip('needs the right to trace processes'));
}

interface Scene {
  readonly cluster: Cluster;
  readonly directory: string;
  readonly client: Program;
}

/** A job over an old output, whose Manager is slow in these calls. */
async function scene(context: TestContext, calls: string): Promise<Scene> {
  const cluster = await Cluster.start({ workers: [['--slots', '1']] });
  const directory = await scratch();
  await writeFile(join(directory, 'input.txt'), 'new\n');
  await mkdir(join(directory, 'out'));
  await writeFile(join(directory, 'out', 'part-00000'), 'old\n');
  await slow(context, cluster.manager.pid, calls);
  const job = ['-i', 'input.txt', '-o', 'out', '--overwrite', '-m', 'cat', '-r', 'cat'];
  const shape = ['--num-mappers', '1', '--num-reducers', '1'];
  const client = cluster.submitting([...job, ...shape], { cwd: directory });
  return { cluster, directory, client };
}

describe('a job that is being published', () => {
  it('keeps the old output when Ctrl-C comes before the point of no return', async (context) => {
    const { cluster, directory, client } = await scene(context, 'fsync');
    await cluster.manager.said(/command prepare_publish/);
    client.signal('SIGINT');
    expect(await client.exited, client.stderr).toBe(130);
    expect(parts(join(directory, 'out'))).toBe('old\n');
    expect((await readdir(directory)).toSorted()).toEqual(['input.txt', 'out']);
  });

  it('is published all the same when the cancel comes after it', async (context) => {
    const { cluster, directory, client } = await scene(context, 'rename');
    await cluster.manager.said(/command publish /);
    await netcat(cluster.port, '{"message_type":"cancel_job","job":"job-0001"}');
    expect(await client.exited, client.stderr).toBe(0);
    expect(parts(join(directory, 'out'))).toBe('new\n');
    expect((await readdir(directory)).toSorted()).toEqual(['input.txt', 'out']);
  });
});
