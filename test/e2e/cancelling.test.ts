import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Cluster, command, type Program, scratch, sharedCluster } from './cluster.ts';
import { eventually, withEnvironment } from './processes.ts';
import { parts } from './shell.ts';

/** Whatever stage a job is in, cancelling it leaves nothing but the old output. */

const STAGES = {
  map: { programs: ['-m', 'sleep 600', '-r', 'cat'], sign: 'map' },
  reduce: { programs: ['-m', 'cat', '-r', 'sleep 600'], sign: 'reduce' },
  combine: { programs: ['-m', 'cat', '--combiner', 'sleep 600', '-r', 'cat'], sign: 'map' },
  queue: { programs: ['-m', 'cat', '-r', 'cat'], sign: undefined },
} as const;

interface Scene {
  readonly cluster: Cluster;
  readonly directory: string;
  readonly marker: string;
  readonly client: Program;
  readonly job: string;
}

const busy = sharedCluster({ workers: [['--slots', '2']] });
const empty = sharedCluster({});

async function scene(stage: keyof typeof STAGES): Promise<Scene> {
  const cluster = stage === 'queue' ? empty() : busy();
  const directory = await scratch();
  const marker = `MUSTER_TEST_${String(process.pid)}_${String(Math.round(performance.now()))}`;
  await writeFile(join(directory, 'input.txt'), 'a\nb\n');
  await mkdir(join(directory, 'out'));
  await writeFile(join(directory, 'out', 'part-00000'), 'old\n');
  const { programs, sign } = STAGES[stage];
  const client = cluster.submitting(
    ['-i', 'input.txt', '-o', 'out', '--overwrite', '--env', `${marker}=1`, ...programs],
    { cwd: directory },
  );
  const [job] = await client.said(/job-\d+/);
  if (sign) await cluster.manager.said(new RegExp(`started ${job}/${sign}`));
  return { cluster, directory, marker, client, job };
}

async function expectNothingLeft({ directory, marker }: Scene): Promise<void> {
  await eventually('its programs are gone', () => withEnvironment(`${marker}=1`).length === 0);
  expect((await readdir(directory)).toSorted()).toEqual(['input.txt', 'out']);
  expect(parts(join(directory, 'out'))).toBe('old\n');
}

for (const stage of ['map', 'reduce', 'combine', 'queue'] as const) {
  describe(`a job in its ${stage} stage`, () => {
    it('is cancelled by Ctrl-C in its client, which exits with 130', async () => {
      const at = await scene(stage);
      at.client.signal('SIGINT');
      expect(await at.client.exited).toBe(130);
      await expectNothingLeft(at);
    });

    it('is cancelled by somebody else: the waiting client exits with 5', async () => {
      const at = await scene(stage);
      expect(await at.cluster.command('cancel', [at.job])).toMatchObject({ code: 0 });
      expect(await at.client.exited).toBe(5);
      await expectNothingLeft(at);
    });
  });
}

describe('Ctrl-C with --local', () => {
  it('leaves no process and no directory', async () => {
    const directory = await scratch();
    const temporary = await scratch();
    const marker = `MUSTER_TEST_LOCAL_${String(process.pid)}`;
    await writeFile(join(directory, 'input.txt'), 'a\nb\n');
    const job = ['-i', 'input.txt', '-o', 'out', '-m', 'sleep 600', '-r', 'cat', '--slots', '1'];
    const client = command('mapreduce-submit', ['--local', ...job, '--env', `${marker}=1`], {
      cwd: directory,
      env: { TMPDIR: temporary },
    });
    await eventually('its program runs', () => withEnvironment(`${marker}=1`).length > 0);
    client.signal('SIGINT');
    expect(await client.exited).toBe(130);
    await eventually('it is gone', () => withEnvironment(`${marker}=1`).length === 0);
    expect(await readdir(directory)).toEqual(['input.txt']);
    expect(await readdir(temporary)).toEqual([]);
  });
});
