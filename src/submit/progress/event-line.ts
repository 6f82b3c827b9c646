import type { JobEvent, StageProgress } from '../../protocol/job-report.ts';
import { unreachable } from '../../runtime/assert.ts';
import { describeTime } from '../../runtime/times.ts';
import { planTasks } from '../reports/plan-report.ts';

/** What lines about a job need to know besides the event. */
export interface EventContext {
  /** `job-0007` */
  readonly job: string;
  /** `127.0.0.1:6000` */
  readonly manager: string;
  /** The command line that starts a Worker for this Manager. */
  readonly workerCommand: string;
}

/** The one line that tells a person about an event; undefined for those that only move the bars. */
export function eventLine(event: JobEvent, context: EventContext): string | undefined {
  switch (event.kind) {
    case 'accepted': {
      return `${context.job} accepted: ${planTasks(event.plan)}`;
    }
    case 'no_workers':
      return `Waiting: no Worker is registered with ${context.manager}. Start one: ${context.workerCommand}`;
    case 'queued_behind':
      return `Queued behind ${event.job} (${String(Math.floor(event.percent))} %)`;
    case 'attempt_failed':
      return `${event.attempt} failed on ${event.worker_id}: ${event.cause} (${String(event.charged)} of ${String(event.max_attempts)})`;
    case 'attempt_lost':
      return `${event.attempt} lost on ${event.worker_id}: ${event.cause} (not charged)`;
    case 'attempt_unfit':
      return `${event.attempt} unfit on ${event.worker_id}: ${event.cause} (not charged)`;
    case 'backup_started':
      return `${event.slow_attempt} has run for ${describeTime(event.ran_ms)} on ${event.slow_worker_id}: backup ${event.attempt} on ${event.worker_id}`;
    case 'resumed':
      return `The Manager was started anew and goes on with ${context.job}: ${howFar(event)} done`;
    case 'map_voided':
      return `${event.task} runs again: ${event.cause}`;
    case 'warning':
      return `Warning: ${event.text}`;
    case 'stage_started':
    case 'progress':
      return undefined;
    default:
      return unreachable(event);
  }
}

/** `12/28 maps and 0/4 reduces` */
function howFar({ maps, reduces }: Extract<JobEvent, { kind: 'resumed' }>): string {
  const some = `${doneOf(maps)} maps`;
  return reduces.tasks === 0 ? some : `${some} and ${doneOf(reduces)} reduces`;
}

function doneOf({ done, tasks }: StageProgress): string {
  return `${String(done)}/${String(tasks)}`;
}
