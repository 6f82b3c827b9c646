import { wholeOrder } from '../../../../src/manager/scheduler/task-order.ts';
import type { ManagerOrder } from '../../../../src/protocol/manager-orders.ts';
import { attemptKey } from '../../../../src/protocol/ids.ts';
import { decodeLine, type Direction } from '../../../../src/protocol/index.ts';
import type { ManagerCommand } from '../../../../src/manager/scheduler/commands.ts';
import type { Context } from '../../../../src/manager/scheduler/context.ts';
import type { ManagerEvent } from '../../../../src/manager/scheduler/events.ts';
import type { JournalRecord } from '../../../../src/manager/scheduler/records.ts';

/** More commands than this in one step of a small world means that something goes round in circles. */
const COMMANDS_PER_STEP_MAX = 250;

/**
 * Watches what the Manager says and does over time, for what its state at one moment cannot show:
 * nobody hears of what is not durable, nothing is dispatched twice, reduces wait for maps.
 */
export class Monitor {
  readonly #dispatched = new Set<string>();
  readonly #recorded = new Set<string>();
  /** Valid commit of each task: `job/stage/index` → attempt. */
  readonly #commits = new Map<string, number>();
  #exited = false;

  /** @throws Error when the step broke a rule */
  check(event: ManagerEvent, commands: readonly ManagerCommand[], state: Context): void {
    if (event.type === 'recorded') this.noteRecord(event.record);
    if (this.#exited) demand(commands.length === 0, 'it acts after exit');
    demand(commands.length <= COMMANDS_PER_STEP_MAX, `${String(commands.length)} commands at once`);
    for (const command of commands) this.#command(command, state);
  }

  /** A record is durable, whether the Manager lived to hear of it or not. */
  noteRecord(record: JournalRecord): void {
    if (record.type === 'task_committed') {
      const { attempt } = record;
      const task = taskKey(attempt);
      demand(!this.#commits.has(task), `${task} has two valid commits`);
      this.#commits.set(task, attempt.attempt);
      this.#recorded.add(`committed ${attemptKey(attempt)}`);
    } else if (record.type === 'map_voided') {
      const task = taskKey(record.attempt);
      demand(this.#commits.get(task) === record.attempt.attempt, `${task} voided out of turn`);
      this.#commits.delete(task);
    } else if ('jobId' in record) {
      this.#recorded.add(`${record.type} ${String(record.jobId)}`);
    }
  }

  #command(command: ManagerCommand, state: Context): void {
    switch (command.type) {
      case 'send_worker':
        valid('from_manager_to_worker', wholeOrder(command));
        return this.#order(wholeOrder(command), state);
      case 'send_client':
        valid('from_manager_to_client', command.message);
        return this.#reply(command.message);
      case 'publish':
        return this.#mustBeRecorded('publishing', command.jobId);
      case 'append':
        return this.#append(command.record);
      case 'exit':
        this.#exited = true;
        return;
      default:
    }
  }

  #order(order: ManagerOrder, state: Context): void {
    switch (order.message_type) {
      case 'new_map_task':
      case 'new_reduce_task': {
        const name = attemptKey(order);
        demand(!this.#dispatched.has(name), `${name} is dispatched twice`);
        this.#dispatched.add(name);
        if (order.stage === 'map') return;
        const job = state.jobs.get(order.job_id);
        return demand(job?.allMapsCommitted === true, `${name} goes out before all maps`);
      }
      case 'settled': {
        if (order.outcome !== 'committed') return;
        const name = attemptKey(order);
        return demand(this.#recorded.has(`committed ${name}`), `${name} settled too early`);
      }
      default:
    }
  }

  #reply(reply: Extract<ManagerCommand, { type: 'send_client' }>['message']): void {
    if (reply.message_type === 'job_accepted') this.#mustBeRecorded('job_accepted', reply.job_id);
    if (reply.message_type === 'job_finished') this.#mustBeRecorded('job_ended', reply.job_id);
  }

  #append(record: JournalRecord): void {
    if (record.type !== 'job_ended' || record.report.outcome !== 'succeeded') return;
    this.#mustBeRecorded('published', record.jobId);
  }

  #mustBeRecorded(type: JournalRecord['type'], jobId: number): void {
    const record = `${type} ${String(jobId)}`;
    demand(this.#recorded.has(record), `acts on "${record}" before it is recorded`);
  }
}

function taskKey(attempt: { job_id: number; stage: string; task_index: number }): string {
  return `${String(attempt.job_id)}/${attempt.stage}/${String(attempt.task_index)}`;
}

/** Whatever goes over the wire must fit its schema. */
export function valid(direction: Direction, message: object): void {
  const decoded = decodeLine(JSON.stringify(message), direction);
  // The decoder answers other versions itself; the core has to as well.
  if (decoded.ok || decoded.code === 'version_mismatch') return;
  throw new Error(`not a message: ${decoded.reason}\n${JSON.stringify(message)}`);
}

function demand(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}
