import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { Cluster, Program, scratch, stop } from '../../e2e/cluster.ts';
import { steadyPort } from '../../steady-port.ts';

/**
 * A Manager to whom one system call, of those that journal and commit consist of, is death or an
 * error; a job over an older output meanwhile; then a Manager to whom nothing happens.
 */

/** What happens at the N-th call of one kind. */
export interface CrashPoint {
  readonly call: Call;
  readonly nth: number;
  readonly effect: 'signal=KILL' | 'error=EIO' | 'error=ENOSPC';
}

/**
 * Calls, and how many of each such a life of a Manager makes, about. Loading modules and talking
 * to peers are calls of other threads, or other calls, but for the last two: of those a tracer that
 * comes later sees less.
 */
export const CALLS = {
  fdatasync: 8,
  fsync: 14,
  pwrite64: 10,
  link: 1,
  rename: 8,
  unlink: 8,
  mkdir: 8,
  openat: 40,
  write: 60,
} as const;

export type Call = keyof typeof CALLS;

/** Where a tracer from the beginning would only see modules loaded. */
const LATE: ReadonlySet<Call> = new Set(['openat', 'write']);

export interface Scene {
  readonly cluster: Cluster;
  /** With `in/`, and `out/` of the job before. */
  readonly directory: string;
}

export async function crashScene(): Promise<Scene> {
  const cluster = await Cluster.start({
    port: await steadyPort(),
    manager: ['--heartbeat-interval', '500ms'],
    workers: [['--slots', '2', '--name', 'w1']],
    // One thread makes all calls on files, so that they are counted together.
    env: { UV_THREADPOOL_SIZE: '1' },
  });
  const directory = await scratch();
  await mkdir(join(directory, 'in'));
  await mkdir(join(directory, 'out'));
  await writeFile(join(directory, 'out/part-00000'), contentOf(0));
  return { cluster, directory };
}

/** What the job of a round writes. */
export function contentOf(round: number): string {
  return ['a', 'b'].map((name) => `${name}\t${String(round)}\n`).join('');
}

/** Ends the present Manager, whatever it does, and starts one that is traced. */
export async function startTraced({ cluster }: Scene, point: CrashPoint): Promise<void> {
  cluster.manager.signal('SIGKILL');
  await cluster.manager.exited;
  const { call, nth, effect } = point;
  const inject = `inject=${call}:${effect}:when=${String(nth)}`;
  // With -D the Manager is our child, and the tracer its. Not with --seccomp-bpf: it is faster, but
  // strace 6.1 then counts no further than the first call.
  const flags = ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', inject];
  if (!LATE.has(call)) {
    await listens(cluster.spawnManager(['strace', '-D', ...flags]));
    return;
  }
  const manager = cluster.spawnManager();
  if (!(await listens(manager))) return;
  const tracer = new Program('strace', ['-f', ...flags.slice(2), '-p', String(manager.pid)]);
  onTestFinished(() => stop(tracer));
  await tracer.said(/attached/);
}

/** Another Manager, to whom nothing happens, unless the last one still lives. */
export async function startSound({ cluster }: Scene): Promise<void> {
  if (isAlive(cluster.manager)) return;
  await cluster.manager.exited;
  expect(await listens(cluster.spawnManager()), cluster.manager.stderr).toBe(true);
}

/** Submits the job of a round, which replaces the output of the one before. */
export async function submitOver({ cluster, directory }: Scene, round: number): Promise<Program> {
  for (const name of ['a', 'b']) {
    await writeFile(join(directory, 'in', name), `${name}\t${String(round)}\n`);
  }
  const programs = ['-m', 'cat', '-r', 'cat', '--split-size', '4', '--num-reducers', '1'];
  const job = ['-i', 'in', '-o', 'out', '--overwrite', ...programs, '--json'];
  return cluster.submitting(job, { cwd: directory });
}

/** The parts of an output directory, or undefined where there is none. */
export async function contentIn(directory: string): Promise<string | undefined> {
  const names = await readdir(directory).catch(() => undefined);
  const part = names?.find((name) => name.startsWith('part-'));
  return part === undefined ? undefined : readFile(join(directory, part), 'latin1');
}

export function isAlive({ child }: Program): boolean {
  return child.exitCode === null && child.signalCode === null;
}

/** False when it ends before it listens. */
function listens(manager: Program): Promise<boolean> {
  return manager.said(/listening on/).then(
    () => true,
    () => false,
  );
}
