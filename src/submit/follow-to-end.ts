import { addressText } from '../protocol/net/net-error.ts';
import { connectSession } from './connect.ts';
import { finish, type FinishOptions } from './finish.ts';
import { JobFollower } from './follow-job.ts';
import { workerCommand } from './manager-address.ts';
import { openJobView } from './progress/job-view.ts';
import type { ShowOptions } from './read-options.ts';
import type { Session } from './session.ts';
import { waitForJob, type WaitForJobOptions } from './wait.ts';

export interface FollowToEndOptions extends Omit<FinishOptions, 'view' | 'json'> {
  /** Of the job's acceptance. */
  readonly warnings: readonly string[];
  readonly show: ShowOptions;
  readonly onSignal: WaitForJobOptions['onSignal'];
}

export interface FollowedToEnd {
  /** The exit code of the command. */
  readonly code: number;
  /** False when the job goes on without this client. */
  readonly ended: boolean;
}

/** Shows a job's events and progress until it ends, or waiting does, and then how it ended. */
export async function followToEnd(
  session: Session,
  options: FollowToEndOptions,
): Promise<FollowedToEnd> {
  const { client, address, job, show, interrupts } = options;
  const view = await openJobView({
    terminal: client.terminal,
    clock: client.clock,
    show,
    context: {
      job,
      manager: addressText(address.host, address.port),
      workerCommand: workerCommand(address),
    },
  });
  for (const warning of options.warnings) view.say(`Warning: ${warning}`, 'warning');
  const follower = new JobFollower(session, job, {
    reconnect: () => connectSession(address),
    address,
    clock: client.clock,
    onEvent: (event) => view.event(event),
    onConnection: (line) => view.say(line, 'warning'),
  });
  try {
    const result = await waitForJob(follower, {
      job,
      interrupts,
      clock: client.clock,
      timeoutMs: options.waitTimeoutMs,
      onSignal: options.onSignal,
      say: (line) => view.say(line),
    });
    const code = await finish(result, { ...options, view, json: show.json });
    return { code, ended: result.kind === 'ended' };
  } finally {
    view.stop();
  }
}
