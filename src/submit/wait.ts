import type { JobReport } from '../protocol/job-report.ts';
import type { Clock } from '../runtime/clock.ts';
import type { JobFollower } from './follow-job.ts';
import type { EndSignal, Interrupts } from './interrupts.ts';
import { submitterName } from './job-request.ts';

/** How waiting for a job ended. */
export type WaitResult =
  /** The job ended, `signal` being why this client had asked for that. */
  | { readonly kind: 'ended'; readonly report: JobReport; readonly signal: EndSignal | undefined }
  | { readonly kind: 'timed_out' }
  /** The user did not want to wait any longer. */
  | { readonly kind: 'left'; readonly signal: EndSignal };

export interface WaitForJobOptions {
  readonly job: string;
  readonly interrupts: Interrupts;
  readonly clock: Clock;
  /** Leave the job to itself after so long. */
  readonly timeoutMs: number | undefined;
  /** What the first signal does: `mapreduce-submit` cancels, `mapreduce watch` leaves. */
  readonly onSignal: 'cancel' | 'leave';
  readonly say: (line: string) => void;
}

/**
 * Waits for a job's end, the timeout or signals, whichever comes first.
 * @throws UserError when the job is not known or the Manager stays away
 */
export async function waitForJob(
  follower: JobFollower,
  options: WaitForJobOptions,
): Promise<WaitResult> {
  const undo: (() => void)[] = [];
  try {
    return await new Promise<WaitResult>((resolve, reject) => {
      const onSignal = signalHandler(follower, options, resolve, reject);
      undo.push(options.interrupts.listen(onSignal));
      if (options.interrupts.first !== undefined) onSignal(options.interrupts.first, 1);
      if (options.timeoutMs !== undefined) {
        const timedOut = (): void => resolve({ kind: 'timed_out' });
        undo.push(options.clock.setTimer(options.timeoutMs, timedOut));
      }
      follower.run().then((report) => {
        resolve({ kind: 'ended', report, signal: options.interrupts.first });
      }, reject);
    });
  } finally {
    for (const step of undo) step();
    follower.leave();
  }
}

function signalHandler(
  follower: JobFollower,
  { job, onSignal, say }: WaitForJobOptions,
  resolve: (result: WaitResult) => void,
  reject: (error: unknown) => void,
): (signal: EndSignal, count: number) => void {
  return (signal, count) => {
    if (onSignal === 'leave' || count > 1) {
      resolve({ kind: 'left', signal });
      return;
    }
    say(`Cancelling ${job}: waiting for its end (Ctrl-C again leaves at once)`);
    follower.cancel(submitterName()).catch(reject);
  };
}
