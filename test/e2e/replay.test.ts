import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Manager, startManager } from '../../src/manager/manager.ts';
import { MANAGER_DEFAULTS } from '../../src/manager/options.ts';
import type { ManagerEvent } from '../../src/manager/scheduler/events.ts';
import { Scheduler } from '../../src/manager/scheduler/scheduler.ts';
import { command, type Program, run, scratch } from './cluster.ts';
import { open, script } from './gate.ts';
import { parts, sortedLines } from './shell.ts';

/** What a Manager did with real Workers, it does again from its recorded events alone. */

interface Step {
  readonly event: string;
  readonly nowMs: number;
  readonly commands: string;
}

interface Recorded {
  readonly manager: Manager;
  readonly steps: readonly Step[];
  readonly submit: readonly string[];
  /** Starts a Worker with one slot. */
  readonly work: (name: string) => Promise<Program>;
  /** Resolves when a message of this type has come from this Worker. */
  readonly heard: (type: string, worker: string) => Promise<void>;
}

async function recorded(): Promise<Recorded> {
  const steps: Step[] = [];
  const waiting = new Set<() => void>();
  const manager = await startManager({
    ...MANAGER_DEFAULTS,
    port: 0,
    stderr: false,
    heartbeatIntervalMs: 400,
    sharedDirectory: await scratch(),
    onStep: (event, nowMs, commands) => {
      steps.push({ event: JSON.stringify(event), nowMs, commands: JSON.stringify(commands) });
      for (const wake of waiting) wake();
    },
  });
  onTestFinished(() => manager.release());
  const submit = ['--manager-port', String(manager.port)];
  const work = async (name: string): Promise<Program> => {
    const worker = command('mapreduce-worker', [...submit, '--name', name, '--slots', '1']);
    await worker.said(/ready/);
    return worker;
  };
  const heard = (type: string, worker: string): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        const found = steps.some(
          ({ event }) =>
            event.includes(`"message_type":"${type}"`) && event.includes(`"worker_id":"${worker}"`),
        );
        if (!found) return;
        waiting.delete(wake);
        resolve();
      };
      waiting.add(wake);
      wake();
    });
  return { manager, steps, submit, work, heard };
}

function expectSameCommands({ manager, steps }: Recorded): void {
  const again = new Scheduler(manager.schedulerOptions);
  for (const { event, nowMs, commands } of steps) {
    const replayed = again.step(JSON.parse(event) as ManagerEvent, nowMs);
    expect(JSON.stringify(replayed)).toBe(commands);
  }
}

describe('a real job, recorded and replayed through a fresh scheduler', () => {
  it('gives the same commands, a failed attempt and a lost Worker included', async () => {
    const at = await recorded();
    const directory = await scratch();
    const gate = join(directory, 'gate');
    await mkdir(join(directory, 'in'));
    for (const name of ['a', 'b', 'c'])
      await writeFile(join(directory, 'in', name), `${name}\t1\n`);
    const once = `if mkdir '${directory}/failed' 2>/dev/null; then echo no >&2; exit 3; fi`;
    const wait = `while [ ! -e '${gate}' ]; do sleep 0.05; done; exec cat`;
    await script(directory, 'map.sh', `${once}\n${wait}`);
    const first = await at.work('w1');
    const job = ['-i', 'in', '-o', 'out', '-m', './map.sh', '-r', 'sum', '--split-size', '4'];
    const submitted = run('mapreduce-submit', [...at.submit, ...job, '--json'], { cwd: directory });
    await at.heard('failed', 'w1');
    await at.work('w2');
    await at.heard('started', 'w2');
    first.signal('SIGKILL');
    await open(gate);
    const { code, stdout, stderr } = await submitted;
    expect(code, stderr).toBe(0);
    expect(sortedLines(parts(join(directory, 'out')))).toEqual(['', 'a\t1', 'b\t1', 'c\t1']);
    const report = JSON.parse(stdout) as { maps: { failed: number; lost: number } };
    expect(report.maps.failed).toBe(1);
    expect(report.maps.lost).toBeGreaterThan(0);
    expectSameCommands(at);
    expect(at.steps.length).toBeGreaterThan(50);
  });
});
