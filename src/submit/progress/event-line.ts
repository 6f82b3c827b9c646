import type { JobEvent } from '../../protocol/job-report.ts';
import { unreachable } from '../../runtime/assert.ts';
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
