import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Program, run, sharedCluster, sharedScratch } from './cluster.ts';

/** Every exit code of a client that spec/commands names, but for a bug's 70. */

const cluster = sharedCluster({ workers: [['--slots', '4']] });
const directory = sharedScratch();

beforeAll(() => writeFile(join(directory(), 'input.txt'), 'a\n'));

function job(output: string, mapper: string, ...more: readonly string[]): string[] {
  return ['-i', 'input.txt', '-o', output, '-m', mapper, '-r', 'cat', ...more];
}

/** A client that waits for a job which never ends by itself. */
async function waitingClient(output: string): Promise<{ client: Program; job: string }> {
  const client = cluster().submitting(job(output, 'sleep 600'), { cwd: directory() });
  const [, name] = await client.said(/(job-\d+)/);
  return { client, job: String(name) };
}

describe('the exit code is', () => {
  it('0 when the job succeeded', async () => {
    expect(await cluster().submit(job('out-0', 'cat'), { cwd: directory() })).toMatchObject({
      code: 0,
    });
  });

  it('1 when it failed', async () => {
    const outcome = await cluster().submit(job('out-1', 'false', '--max-attempts', '1'), {
      cwd: directory(),
    });
    expect(outcome.code).toBe(1);
  });

  it('2 for wrong usage, a refusal and an unknown job', async () => {
    const outcomes = await Promise.all([
      cluster().submit(['--no-such-flag']),
      cluster().submit(job('no/such/place', 'cat'), { cwd: directory() }),
      cluster().command('status', ['job-9999']),
    ]);
    expect(outcomes.map(({ code }) => code)).toEqual([2, 2, 2]);
  });

  it('3 when there is no Manager', async () => {
    expect(await run('mapreduce', ['list', '--port', '1'])).toMatchObject({ code: 3 });
  });

  it('4 when --wait-timeout passed; the job goes on', async () => {
    const outcome = await cluster().submit(job('out-4', 'sleep 600', '--wait-timeout', '1s'), {
      cwd: directory(),
    });
    expect(outcome.code).toBe(4);
    const status = await cluster().command('status', ['--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({ state: 'running' });
    expect(await cluster().command('cancel')).toMatchObject({ code: 0 });
  });

  it('5 when somebody else cancelled the job', async () => {
    const { client, job: name } = await waitingClient('out-5');
    expect(await cluster().command('cancel', [name])).toMatchObject({ code: 0 });
    expect(await client.exited).toBe(5);
  });

  it('130 after Ctrl-C', async () => {
    const { client } = await waitingClient('out-130');
    client.signal('SIGINT');
    expect(await client.exited).toBe(130);
  });

  it('143 after SIGTERM', async () => {
    const { client } = await waitingClient('out-143');
    client.signal('SIGTERM');
    expect(await client.exited).toBe(143);
  });
});
