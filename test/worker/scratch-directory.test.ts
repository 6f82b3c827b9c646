import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeMemoryDirectory, makeScratchDirectory } from '../../src/worker/scratch-directory.ts';
import { type ScratchOwner, thisOwner } from '../../src/worker/scratch-owner.ts';

let work: string;

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'muster-test-'));
});

afterEach(() => rm(work, { recursive: true, force: true }));

/** A scratch directory that says it belongs to somebody. */
async function leftOver(name: string, owner: Partial<ScratchOwner>): Promise<string> {
  const path = join(work, name);
  await mkdir(join(path, 'slot-0'), { recursive: true });
  await writeFile(join(path, 'owner.json'), JSON.stringify({ ...(await thisOwner()), ...owner }));
  return path;
}

/** The id of a process that has certainly ended. */
async function deadProcessId(): Promise<number> {
  const child = spawn('true');
  await once(child, 'close');
  return child.pid ?? 0;
}

test('each process has a private directory in the work directory, removed with it', async () => {
  const scratch = await makeScratchDirectory(join(work, 'deep/er'), 'ab12');
  expect(scratch.path).toBe(join(work, 'deep/er', `worker-${String(process.pid)}-ab12`));
  await scratch.remove();
  expect(await readdir(work)).toEqual([]);
});

test('a work directory with something else in it stays', async () => {
  const scratch = await makeScratchDirectory(work, 'ab12');
  await scratch.remove();
  expect(await readdir(work)).toEqual([]);
});

test('left-overs of dead processes are removed', async () => {
  const path = await leftOver('worker-1-aa', { processId: await deadProcessId() });
  const scratch = await makeScratchDirectory(work, 'ab12');
  expect(scratch.swept).toEqual([path]);
  expect(await readdir(work)).toEqual([`worker-${String(process.pid)}-ab12`]);
});

test('a process id that was given to somebody else counts as dead, as does one of an earlier boot', async () => {
  const reused = await leftOver('worker-1-aa', { startTicks: '1' });
  const rebooted = await leftOver('worker-2-bb', { boot: 'earlier' });
  const { swept } = await makeScratchDirectory(work, 'ab12');
  expect([...swept].toSorted()).toEqual([reused, rebooted]);
});

test('directories of live neighbours, other machines and other namespaces are not touched', async () => {
  await makeScratchDirectory(work, 'aa');
  await leftOver('worker-2-bb', { host: 'elsewhere', startTicks: '1' });
  await leftOver('worker-3-cc', { namespace: 'pid:[1]', startTicks: '1' });
  await mkdir(join(work, 'worker-4-dd'));
  await mkdir(join(work, 'worker-notes'));
  const { swept } = await makeScratchDirectory(work, 'ee');
  expect(swept).toEqual([]);
  expect(await readdir(work)).toHaveLength(6);
});

test('the owner is written before the directory has its name', async () => {
  const { path } = await makeScratchDirectory(work, 'ab12');
  const owner = JSON.parse(await readFile(join(path, 'owner.json'), 'utf8')) as ScratchOwner;
  expect(owner).toEqual(await thisOwner());
});

test('a work directory that is a file is refused by name', async () => {
  const file = join(work, 'file');
  await writeFile(file, '');
  await expect(makeScratchDirectory(file, 'ab12')).rejects.toThrow(
    `Cannot use work directory "${file}": not a directory`,
  );
});

test('what has only a name has a directory in memory', async () => {
  const memory = await makeMemoryDirectory('ab12');
  expect(memory?.path).toBe(`/dev/shm/muster-worker-${String(process.pid)}-ab12`);
  expect(await readdir(memory?.path ?? '')).toEqual(['owner.json']);
  await memory?.remove();
  expect(await readdir('/dev/shm')).not.toContain(`muster-worker-${String(process.pid)}-ab12`);
});
