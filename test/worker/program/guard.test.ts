import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Guard } from '../../../src/worker/program/guard.ts';
import { GUARD_VARIABLE } from '../../../src/worker/program/environment.ts';
import { freshDirectory } from '../../runtime/programs/fresh-directory.ts';
import { compileSources } from '../compiled-sources.ts';
import { isAlive, until } from './programs.ts';

const compiled = compileSources();

/** A process that owns a guard, runs one shell script as a program and prints what it prints. */
const OWNER = `
const [compiled, scratchDirectory, script] = process.argv.slice(2);
const load = (name) => import(compiled + '/worker/program/' + name + '.js');
const loadLaunch = (name) => import(compiled + '/runtime/launch/' + name + '.js');
const { Guard } = await load('guard');
const { FifoPool } = await loadLaunch('fifos');
const { runProgram } = await load('run-program');
const { systemTimer } = await load('system-timer');
const { openStarter } = await loadLaunch('open-starter');
const guard = await Guard.start({ scratchDirectory });
const fifos = new FifoPool(scratchDirectory + '/fifos');
const ignored = { add: () => undefined, remove: () => undefined };
const starter = await openStarter({
  path: process.env.PATH,
  fifos,
  marks: { MUSTER_GUARD: guard.nonce },
  launchers: ignored,
});
await runProgram(
  {
    path: '/bin/sh',
    args: ['-c', script],
    directory: scratchDirectory,
    environment: { PATH: process.env.PATH, MUSTER_GUARD: guard.nonce },
    timeoutMs: 0,
    signal: new AbortController().signal,
    stdin: () => undefined,
    stdout: (chunk) => void process.stdout.write(chunk),
    stderr: (chunk) => void process.stderr.write(chunk),
  },
  { fifos, starter, guard: guard.line, timer: systemTimer },
);
`;

interface Owner {
  readonly process: ChildProcess;
  readonly scratchDirectory: string;
  /** What the script printed in its first line: process ids. */
  readonly pids: readonly number[];
}

async function startOwner(script: string): Promise<Owner> {
  const base = freshDirectory();
  const scratchDirectory = join(base, 'scratch');
  mkdirSync(scratchDirectory);
  writeFileSync(join(base, 'owner.mjs'), OWNER);
  const args = [join(base, 'owner.mjs'), compiled, scratchDirectory, script];
  const owner = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    owner.kill('SIGKILL');
  });
  const [line] = (await once(createInterface(owner.stdout), 'line')) as [string];
  return { process: owner, scratchDirectory, pids: line.trim().split(' ').map(Number) };
}

describe('when a Worker is killed', () => {
  it.each([
    ['a program', 'echo $$; exec sleep 1000'],
    ['its children', 'sleep 1000 & sleep 1000 & echo $$ $! $(jobs -p); wait'],
    [
      'a child that has left the group',
      "setsid sh -c 'echo $$ > daemon; exec sleep 1000' & while [ ! -s daemon ]; do sleep 0.01; done; echo $$ $(cat daemon); wait",
    ],
    ['a child that has cleared its environment', 'env -i /bin/sleep 1000 & echo $$ $!; wait'],
    [
      'a daemon that keeps starting itself again',
      "setsid sh -c 'echo $$ > daemon; while :; do sleep 0.02; done' & while [ ! -s daemon ]; do sleep 0.01; done; echo $$ $(cat daemon); wait",
    ],
  ])('%s dies within a second, and the scratch directory goes', async (_who, script) => {
    const owner = await startOwner(script);
    expect(owner.pids.filter((pid) => pid > 0 && isAlive(pid))).toEqual(owner.pids);
    owner.process.kill('SIGKILL');
    const killedMs = performance.now();
    await until(() => !owner.pids.some(isAlive));
    expect(performance.now() - killedMs).toBeLessThan(1000);
    await until(() => !existsSync(owner.scratchDirectory));
  });
});

describe('a guard', () => {
  it('ends with its Worker when that ends in order, and leaves nothing', async () => {
    const scratchDirectory = join(freshDirectory(), 'scratch');
    const guard = await Guard.start({ scratchDirectory });
    guard.line.add(4_000_000);
    guard.line.remove(4_000_000);
    await guard.close();
    await guard.close();
    expect(existsSync(scratchDirectory)).toBe(false);
  });

  it('leaves processes of others alone', async () => {
    const guard = await Guard.start({ scratchDirectory: join(freshDirectory(), 'scratch') });
    const other = spawn('sleep', ['1000'], {
      env: { [GUARD_VARIABLE]: 'another' },
      detached: true,
    });
    onTestFinished(() => {
      other.kill('SIGKILL');
    });
    await once(other, 'spawn');
    const group = other.pid ?? 0;
    // As similar as can be, and too large for a process: the next id may be somebody's by now.
    const nobody = Number(`${String(group)}0000000`);
    guard.line.add(group);
    guard.line.add(nobody);
    guard.line.remove(group);
    await guard.close();
    expect(isAlive(group)).toBe(true);
  });

  it('that dies is replaced by one that does its work', async () => {
    const scratchDirectory = join(freshDirectory(), 'scratch');
    const reasons: string[] = [];
    const guard = await Guard.start({
      scratchDirectory,
      onRestarted: (reason) => reasons.push(reason),
    });
    const environment = { [GUARD_VARIABLE]: guard.nonce };
    const program = spawn('sleep', ['1000'], { env: environment, detached: true });
    await once(program, 'spawn');
    process.kill(guard.processId, 'SIGKILL');
    await until(() => reasons.length > 0);
    await guard.close();
    expect(reasons).toEqual(['SIGKILL']);
    expect(isAlive(program.pid ?? 0)).toBe(false);
    expect(existsSync(scratchDirectory)).toBe(false);
  });
});
