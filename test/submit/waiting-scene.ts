import { EventEmitter } from 'node:events';
import { onTestFinished } from 'vitest';
import type { JobEvent } from '../../src/protocol/job-report.ts';
import type { ManagerReply } from '../../src/protocol/manager-replies.ts';
import { UserError } from '../../src/runtime/user-error.ts';
import { connectSession } from '../../src/submit/connect.ts';
import { JobFollower } from '../../src/submit/follow-job.ts';
import { Interrupts } from '../../src/submit/interrupts.ts';
import { waitForJob, type WaitForJobOptions, type WaitResult } from '../../src/submit/wait.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { type ClientConnection, FakeManager } from './fake-manager.ts';
import { jobReport, jobStatus } from './sample-report.ts';

/** A client that waits for job-0007, and everything that can happen to it. */
export interface Scene {
  readonly manager: FakeManager;
  readonly clock: VirtualClock;
  readonly signals: EventEmitter;
  readonly events: JobEvent[];
  readonly said: string[];
  readonly result: Promise<WaitResult>;
  /** The connection over which the job is watched; waits for `count` watches in all. */
  watched(count?: number): Promise<ClientConnection>;
  /** How often the job is looked for again. */
  attempts(): number;
}

const OUTAGE = new UserError('Cannot reach the Manager', 3);

/** That client, over real sockets to a Manager that answers as told. */
export async function scene(
  options: Partial<WaitForJobOptions> & {
    /** Whether another connection can be had. */
    readonly reachable?: () => boolean;
    readonly submittedAtMs?: () => number;
  } = {},
): Promise<Scene> {
  const clock = new VirtualClock();
  const signals = new EventEmitter();
  const events: JobEvent[] = [];
  const said: string[] = [];
  const watches: ClientConnection[] = [];
  const waiting: (() => void)[] = [];
  let attempts = 0;
  const manager = await FakeManager.start((message, connection): ManagerReply[] => {
    if (message.message_type === 'watch_job') {
      watches.push(connection);
      for (const wake of waiting.splice(0)) wake();
      return [];
    }
    const submittedAtMs = options.submittedAtMs?.() ?? 1_763_694_000_000;
    return [{ message_type: 'job', status: jobStatus({ submitted_at_ms: submittedAtMs }) }];
  });
  const interrupts = new Interrupts(signals);
  onTestFinished(() => interrupts.dispose());
  const follower = new JobFollower(await connectSession(manager.address), 'job-0007', {
    reconnect: async () => {
      attempts += 1;
      if (options.reachable?.() === false) throw OUTAGE;
      return connectSession(manager.address);
    },
    address: manager.address,
    clock,
    onEvent: (event) => events.push(event),
    onConnection: (line) => said.push(line),
  });
  const result = waitForJob(follower, {
    job: 'job-0007',
    interrupts,
    clock,
    timeoutMs: undefined,
    onSignal: 'cancel',
    say: (line) => said.push(line),
    ...options,
  });
  result.catch(() => undefined);
  const watched = async (count = 1): Promise<ClientConnection> => {
    for (;;) {
      const connection = watches[count - 1];
      if (connection) return connection;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  return { manager, clock, signals, events, said, result, watched, attempts: () => attempts };
}

/** A numbered event. */
export function warning(number: number, text: string): ManagerReply {
  return { message_type: 'job_event', job_id: 7, number, event: { kind: 'warning', text } };
}

/** The end of the job. */
export function finished(report = jobReport()): ManagerReply {
  return { message_type: 'job_finished', job_id: 7, report };
}

/** Lets sockets and promises take their turns until it is so. */
export async function eventually(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise<void>((resolve) => setImmediate(resolve));
}
