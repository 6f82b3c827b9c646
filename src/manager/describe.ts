import { attemptKey, type AttemptRef, jobName } from '../protocol/ids.ts';
import type { LogLevel } from '../runtime/log-level.ts';
import type { ManagerCommand } from './scheduler/commands.ts';
import type { ManagerEvent } from './scheduler/events.ts';

/**
 * What comes so often that only a search for a fault wants to read it. Of an attempt the order that
 * sends it is shown; that it started and was committed, or what became of it, the scheduler says.
 */
const FREQUENT: ReadonlySet<string> = new Set([
  'tick',
  'heartbeat',
  'progress',
  'received',
  'started',
  'finished',
  'settled',
  'job_event',
  'append',
  'recorded',
  'log_attempt',
  'check_outputs',
  'outputs_checked',
  'client_ended',
  'client_closed',
  'close_client',
  'list_jobs',
  'jobs',
  'job_status',
  'job',
  'list_workers',
  'workers',
]);

/** How much an event or command matters to somebody who reads along; undefined for `log`. */
export function levelOf(step: ManagerEvent | ManagerCommand): LogLevel | undefined {
  if (step.type === 'log') return undefined;
  // Most steps are known by their type; looking inside costs more than many a step.
  if (FREQUENT.has(step.type)) return 'debug';
  const messageType = carriedBy(step)['message_type'];
  return typeof messageType === 'string' && FREQUENT.has(messageType) ? 'debug' : 'info';
}

/** `worker_message finished job-0007/map-00012.2 of node2-1`: the step's line in the log. */
export function describeStep(step: ManagerEvent | ManagerCommand): string {
  const message = carriedBy(step);
  const messageType = message['message_type'];
  const about = subject(message) ?? subject({ ...step });
  const worker = message['worker_id'];
  const what = typeof messageType === 'string' ? ` ${messageType}` : '';
  const whose = typeof worker === 'string' ? ` of ${worker}` : '';
  return `${step.type}${what}${about === undefined ? '' : ` ${about}`}${whose}`;
}

/** The message inside an event or command, if there is one. */
function carriedBy(step: ManagerEvent | ManagerCommand): Readonly<Record<string, unknown>> {
  const carried: unknown = 'order' in step ? step.order : 'message' in step ? step.message : {};
  return isRecord(carried) ? carried : {};
}

/** The attempt or the job that an event, a command or a message is about. */
function subject(of: Readonly<Record<string, unknown>>): string | undefined {
  for (const candidate of [of, of['attempt'], of['run'], of['record']]) {
    if (isAttempt(candidate)) return attemptKey(candidate);
  }
  const jobId = of['jobId'] ?? of['job_id'];
  if (typeof jobId === 'number') return jobName(jobId);
  return typeof of['job'] === 'string' ? of['job'] : undefined;
}

function isAttempt(value: unknown): value is AttemptRef {
  return (
    isRecord(value) && typeof value['attempt'] === 'number' && typeof value['stage'] === 'string'
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
