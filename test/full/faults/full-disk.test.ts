import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { BIN, Program, scratch, stop } from '../../e2e/cluster.ts';
import { open, script } from '../../e2e/gate.ts';
import { parts, sortedLines } from '../../e2e/shell.ts';
import { needsFullRun, needsPrograms, needsRoot } from '../../needs.ts';

/** A shared directory on a small disk, which only processes of the test see. */

beforeEach((context) => {
  needsFullRun(context);
  needsRoot(context);
  needsPrograms(context, 'unshare', 'nsenter', 'mount', 'dd');
});

/** Above the room that the Manager wants to be free before it hands out tasks. */
const DISK_MIB = 96;

interface Disk {
  /** Where it is for processes in its namespace. */
  readonly directory: string;
  /** The same place, for the test. */
  readonly outside: string;
  readonly start: (executable: string, args: readonly string[], cwd?: string) => Program;
}

/** A mount namespace with the disk in it; both go with the test. */
async function smallDisk(context: TestContext): Promise<Disk> {
  const directory = join(await scratch(), 'share');
  await mkdir(directory);
  const mount = `mount -t tmpfs -o mode=700,size=${String(DISK_MIB)}m tmpfs '${directory}'`;
  const hold = `${mount} && echo ready >&2 && exec sleep infinity`;
  const holder = new Program('unshare', ['--mount', 'sh', '-c', hold]);
  onTestFinished(() => stop(holder));
  await holder.said(/ready/).catch(() => context.skip('needs the right to mount'));
  const enter = ['--target', String(holder.pid), '--mount', '--'];
  return {
    directory,
    outside: `/proc/${String(holder.pid)}/root${directory}`,
    start: (executable, args, cwd) => {
      const words = cwd === undefined ? [] : ['env', '-C', cwd];
      const program = new Program('nsenter', [...enter, ...words, executable, ...args]);
      onTestFinished(() => stop(program));
      return program;
    },
  };
}

describe('a full disk under the shared directory', () => {
  it('is named, holds up the job, and the job goes on when there is room', async (context) => {
    const disk = await smallDisk(context);
    const directory = await scratch();
    const bin = (name: string): string => join(BIN, name);
    const place = ['--port', '0', '--shared-dir', disk.directory];
    const manager = disk.start(bin('mapreduce-manager'), place);
    const [, port] = await manager.said(/listening on 127\.0\.0\.1:(\d+)/);
    const address = ['--manager-port', String(port)];
    const worker = disk.start(bin('mapreduce-worker'), [...address, '--slots', '2']);
    await worker.said(/ready/);
    await mkdir(join(directory, 'in'));
    for (const name of ['a', 'b']) await writeFile(join(directory, 'in', name), `${name}\t1\n`);
    const gate = join(directory, 'gate');
    // More than a disk without room takes, and little when all is over.
    await script(
      directory,
      'map.sh',
      `while [ ! -e ${gate} ]; do sleep 0.05; done; cat; yes 0123456789abcdef | head -c 3999998`,
    );
    const job = ['-i', 'in', '-o', 'out', '-m', './map.sh', '-r', 'cut -c 1-3 | uniq', '--shell'];
    const shape = ['--split-size', '4', '--num-reducers', '1'];
    const client = disk.start(
      bin('mapreduce-submit'),
      [...address, ...job, ...shape, '--json'],
      directory,
    );
    await manager.said(/started job-0001\/map-00000/);
    await manager.said(/started job-0001\/map-00001/);
    const filler = join(disk.outside, 'filler');
    await disk.start('dd', ['if=/dev/zero', `of=${disk.directory}/filler`, 'bs=64k']).exited;
    await open(gate);
    await client.said(/No space left on device|ENOSPC|no space/i);
    await manager.said(/Dispatch waits: .*free/);
    expect(manager.stderr).toContain(disk.directory);
    const status = disk.start(bin('mapreduce'), ['status', 'job-0001', ...address]);
    expect(await status.exited, status.stderr).toBe(0);
    expect(`${status.stdout}${status.stderr}`).toContain(disk.directory);
    await rm(filler);
    expect(await client.exited, client.stderr).toBe(0);
    expect(sortedLines(parts(join(directory, 'out')))).toEqual(['', '012', 'a\t1', 'b\t1']);
    expect(manager.child.exitCode).toBe(null);
    expect(JSON.parse(client.stdout)).toMatchObject({ maps: { failed: 0 } });
  }, 180_000);
});
