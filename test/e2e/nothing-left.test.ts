import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { command, type Program, scratch } from './cluster.ts';
import { script } from './gate.ts';
import { netcat } from './netcat.ts';
import { eventually, withEnvironment } from './processes.ts';

/** However daemons end in the middle of a job, nothing of them stays. */

interface Scene {
  readonly manager: Program;
  readonly port: number;
  readonly workers: readonly Program[];
  readonly directory: string;
  /** Where all temporary directories of these processes are, and a mark in their environment. */
  readonly temporary: string;
}

/** A Manager without --shared-dir, two Workers, and a job whose programs sleep with a child each. */
async function scene(): Promise<Scene> {
  const [directory, temporary] = [await scratch(), await scratch()];
  const env = { TMPDIR: temporary };
  const manager = command('mapreduce-manager', ['--port', '0'], { env });
  const [, port] = await manager.said(/listening on 127\.0\.0\.1:(\d+)/);
  const address = ['--manager-port', String(port)];
  const workers = ['w1', 'w2'].map((name) =>
    command('mapreduce-worker', [...address, '--slots', '2', '--name', name], { env }),
  );
  await Promise.all(workers.map((worker) => worker.said(/ready/)));
  await writeFile(join(directory, 'input.txt'), 'a\nb\nc\nd\n');
  await script(directory, 'map.sh', 'sleep 600 & sleep 600');
  const job = ['-i', 'input.txt', '-o', 'out', '-m', './map.sh', '-r', 'cat', '--split-size', '2'];
  const submit = command('mapreduce-submit', [...address, ...job, '--detach'], {
    cwd: directory,
    env: { TMPDIR: directory },
  });
  expect(await submit.exited, submit.stderr).toBe(0);
  await manager.said(/w1 started/);
  await manager.said(/w2 started/);
  return { manager, port: Number(port), workers, directory, temporary };
}

function running({ temporary }: Scene): number[] {
  return withEnvironment(`TMPDIR=${temporary}\0`);
}

/** Where Linux has memory for files, FIFOs of these Workers lie there. */
async function inMemory(workers: readonly Program[]): Promise<readonly string[]> {
  const names = await readdir('/dev/shm');
  return names.filter((name) => workers.some(({ pid }) => name.includes(`worker-${String(pid)}-`)));
}

describe('{"message_type":"shutdown"} in the middle of a job', () => {
  it('ends all within five seconds and leaves no process, directory or staging', async () => {
    const at = await scene();
    // Three daemons, two guards, and programs with a child each: all have the same TMPDIR.
    await eventually('programs run', () => running(at).length >= 9);
    const from = performance.now();
    await netcat(at.port, '{"message_type":"shutdown"}');
    const codes = await Promise.all([at.manager, ...at.workers].map((daemon) => daemon.exited));
    expect(codes).toEqual([0, 0, 0]);
    expect(performance.now() - from).toBeLessThan(5000);
    await eventually('no process is left', () => running(at).length === 0, 2);
    expect(await readdir(at.temporary)).toEqual([]);
    expect(await inMemory(at.workers)).toEqual([]);
    expect((await readdir(at.directory)).toSorted()).toEqual(['input.txt', 'map.sh']);
  });
});

describe('a Worker killed in the middle of a job', () => {
  it('leaves neither programs nor scratch, and the guard goes too', async () => {
    const at = await scene();
    const [killed, other] = at.workers;
    const before = await readdir(at.temporary);
    const scratchOf = (worker: Program | undefined): string | undefined =>
      before.find((name) => name.includes(`worker-${String(worker?.pid)}-`));
    expect(scratchOf(killed)).toBeDefined();
    expect(scratchOf(other)).toBeDefined();
    expect(await inMemory(at.workers)).toHaveLength(2);
    killed?.signal('SIGKILL');
    await killed?.exited;
    const seconds = await eventually('its scratch is gone', async () => {
      const names = await readdir(at.temporary);
      return !names.some((name) => name === scratchOf(killed));
    });
    expect(seconds).toBeLessThan(2);
    expect(
      withEnvironment('mapreduce_worker_id=w1\0').filter((pid) => running(at).includes(pid)),
    ).toEqual([]);
    expect(await readdir(at.temporary)).toContain(scratchOf(other));
    const gone = async (): Promise<boolean> => (await inMemory(at.workers)).length === 1;
    await eventually('its FIFOs are gone', gone, 2);
  });
});
