import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { SharedGroups } from '../../../src/worker/tasks/shared-groups.ts';

async function sleeper(): Promise<{ readonly child: ChildProcess; readonly pid: number }> {
  const child = spawn('sleep', ['1000'], { detached: true });
  await once(child, 'spawn');
  return { child, pid: child.pid ?? 0 };
}

it('are killed at once, and launchers are asked to end, which takes their programs along', async () => {
  const [group, launcher, gone] = [await sleeper(), await sleeper(), await sleeper()];
  const groups = new SharedGroups();
  groups.add(group.pid);
  groups.launchers.add(launcher.pid);
  groups.launchers.add(gone.pid);
  groups.launchers.remove(gone.pid);
  const ends = [group, launcher, gone].map(({ child }) => once(child, 'exit'));

  new SharedGroups(groups.memory).kill();
  expect(await Promise.all(ends.slice(0, 2))).toEqual([
    [null, 'SIGKILL'],
    [null, 'SIGTERM'],
  ]);
  expect(gone.child.signalCode).toBeNull();
  gone.child.kill('SIGKILL');
  await ends[2];
});
