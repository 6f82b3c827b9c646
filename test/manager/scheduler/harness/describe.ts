import { wholeOrder } from '../../../../src/manager/scheduler/task-order.ts';
import { attemptName, jobName, taskName } from '../../../../src/protocol/ids.ts';
import type { ManagerCommand } from '../../../../src/manager/scheduler/commands.ts';
import type { ConnectionId, ManagerEvent } from '../../../../src/manager/scheduler/events.ts';
import type { JournalRecord } from '../../../../src/manager/scheduler/records.ts';
import {
  describeClientMessage,
  describeOrder,
  describeReply,
  describeWorkerMessage,
  fullName,
} from './describe-message.ts';

/** Who is at the other end of a connection: `worker n1`, `client 3`. */
export type PeerName = (connection: ConnectionId) => string;

/** One event of the Manager as one line. */
export function describeEvent(event: ManagerEvent, peer: PeerName): string {
  switch (event.type) {
    case 'client_message':
      return `${peer(event.client)}: ${describeClientMessage(event.message)}`;
    case 'client_ended':
    case 'client_closed':
      return `${peer(event.client)} ${event.type === 'client_ended' ? 'sends no more' : 'is gone'}`;
    case 'worker_message':
      return `${peer(event.connection)}: ${describeWorkerMessage(event.message)}`;
    case 'worker_closed':
      return `${peer(event.connection)}'s connection closed: ${event.reason}`;
    case 'heartbeat':
      return `${event.message.worker_id}: heartbeat ${String(event.message.number)} by UDP`;
    case 'recorded':
      return `recorded ${describeRecord(event.record)}`;
    case 'outputs_checked':
      return `outputs_checked ${fullName(event.attempt)}: ${event.problem ?? 'sound'}`;
    case 'run_checked':
      return `run_checked ${fullName(event.run)}: ${event.problem ?? 'sound'}`;
    case 'paused':
      return `paused for ${String(event.pauseMs)} ms`;
    case 'storage_room':
      return `storage_room ${event.hasRoom ? 'again' : 'gone'}: ${event.detail}`;
    default:
      return describeOutcome(event);
  }
}

function describeOutcome(event: ManagerEvent): string {
  const job = 'jobId' in event ? ` ${jobName(event.jobId)}` : '';
  const reason = 'reason' in event ? `: ${event.reason}` : '';
  return `${event.type}${job}${reason}`;
}

function describeRecord(record: JournalRecord): string {
  if ('attempt' in record) {
    const outcome = 'outcome' in record ? ` ${record.outcome}` : '';
    return `${record.type} ${fullName(record.attempt)}${outcome}`;
  }
  if ('task' in record) return `${record.type} ${taskName(record.task)}`;
  return 'jobId' in record ? `${record.type} ${jobName(record.jobId)}` : record.type;
}

/** One command of the Manager as one line. */
export function describeCommand(command: ManagerCommand, peer: PeerName): string {
  switch (command.type) {
    case 'send_client':
      return `to ${peer(command.client)}: ${describeReply(command.message)}`;
    case 'close_client':
      return `close ${peer(command.client)}`;
    case 'send_worker':
      return `to ${peer(command.connection)}: ${describeOrder(wholeOrder(command))}`;
    case 'refuse_worker':
      return `refuse ${peer(command.connection)}: ${command.message}`;
    case 'close_worker':
      return `close ${peer(command.connection)}: ${command.reason}`;
    case 'append':
      return `append ${describeRecord(command.record)}`;
    case 'log':
      return `log ${command.level}: ${command.message}`;
    case 'log_attempt':
      return `log_attempt ${attemptName(command.row.attempt)} ${command.row.outcome}`;
    case 'check_outputs':
    case 'read_log':
      return `${command.type} ${fullName(command.attempt)}`;
    case 'check_run':
      return `check_run ${fullName(command.run)}`;
    case 'clean_up':
      return `clean_up ${jobName(command.jobId)}, ${command.keepIntermediates ? 'keeping' : 'with'} its intermediate data`;
    default:
      return `${command.type}${'jobId' in command ? ` ${jobName(command.jobId)}` : ''}`;
  }
}
