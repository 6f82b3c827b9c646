import { attemptName, type AttemptRef, jobName } from '../../../../src/protocol/ids.ts';
import type { ClientMessage } from '../../../../src/protocol/client-messages.ts';
import type { JobEvent } from '../../../../src/protocol/job-report.ts';
import type { ManagerOrder } from '../../../../src/protocol/manager-orders.ts';
import type { ManagerReply } from '../../../../src/protocol/manager-replies.ts';
import type { WorkerMessage } from '../../../../src/protocol/worker-messages.ts';

/** Messages in a few words, for traces. */

/** `job-0007/map-00012.2` */
export function fullName(ref: AttemptRef): string {
  return `${jobName(ref.job_id)}/${attemptName(ref)}`;
}

export function describeWorkerMessage(message: WorkerMessage): string {
  const { message_type: type } = message;
  switch (type) {
    case 'register': {
      const has = message.attempts.map((each) => `${fullName(each)} ${each.state}`).join(', ');
      return `register with ${String(message.slots)} slots${has === '' ? '' : ` and ${has}`}`;
    }
    case 'ready':
      return message.problem === null ? 'ready' : `ready, but ${message.problem}`;
    case 'started':
    case 'finished':
    case 'returned':
      return `${type} ${fullName(message)}`;
    case 'failed':
      return `${message.outcome} ${fullName(message)}: ${message.cause.text}`;
    case 'progress':
    case 'goodbye':
      return type;
    case 'heartbeat':
      return `heartbeat ${String(message.number)}`;
    default:
      return message satisfies never;
  }
}

export function describeOrder(order: ManagerOrder): string {
  const { message_type: type } = order;
  switch (type) {
    case 'new_map_task':
    case 'new_reduce_task':
      return `${type} ${fullName(order)}`;
    case 'cancel_task':
      return `cancel_task ${fullName(order)}: ${order.reason}`;
    case 'settled':
      return `settled ${fullName(order)} ${order.outcome}`;
    case 'received':
      return `received up to ${String(order.received)}`;
    case 'register_ack':
    case 'shutdown':
      return type;
    default:
      return order satisfies never;
  }
}

export function describeClientMessage(message: ClientMessage): string {
  const job = 'job' in message ? ` ${message.job ?? '(latest)'}` : '';
  return `${message.message_type}${job}`;
}

export function describeReply(reply: ManagerReply): string {
  switch (reply.message_type) {
    case 'job_event':
      return `job_event ${String(reply.number)} ${describeJobEvent(reply.event)}`;
    case 'job_finished':
      return `job_finished ${reply.report.job} ${reply.report.outcome}`;
    case 'job':
      return `job ${reply.status.job} ${reply.status.state}`;
    case 'job_accepted':
    case 'job_removed':
      return `${reply.message_type} ${reply.job}`;
    case 'error':
      return `error ${reply.code}: ${reply.message}`;
    default:
      return reply.message_type;
  }
}

function describeJobEvent(event: JobEvent): string {
  switch (event.kind) {
    case 'stage_started':
      return `${event.stage} stage with ${String(event.tasks)} tasks`;
    case 'attempt_failed':
    case 'attempt_lost':
    case 'attempt_unfit':
      return `${event.kind} ${event.attempt} on ${event.worker_id}: ${event.cause}`;
    case 'backup_started':
      return `backup_started ${event.attempt} on ${event.worker_id}, beside ${event.slow_attempt} on ${event.slow_worker_id} for ${String(event.ran_ms)} ms`;
    case 'map_voided':
      return `map_voided ${event.task}: ${event.cause}`;
    case 'progress':
      return `progress ${event.stage} ${String(event.maps.done)}/${String(event.maps.tasks)} maps, ${String(event.reduces.done)}/${String(event.reduces.tasks)} reduces`;
    case 'queued_behind':
      return `queued_behind ${event.job} (${String(event.percent)} %)`;
    case 'warning':
      return `warning ${event.text}`;
    case 'accepted':
    case 'no_workers':
    case 'resumed':
      return event.kind;
    default:
      return event satisfies never;
  }
}
