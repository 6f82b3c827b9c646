import { Scheduler } from '../../../../src/manager/scheduler/scheduler.ts';
import type { ManagerCommand } from '../../../../src/manager/scheduler/commands.ts';
import type { ManagerEvent } from '../../../../src/manager/scheduler/events.ts';
import type {
  CancelTask,
  NewMapTask,
  NewReduceTask,
} from '../../../../src/protocol/manager-orders.ts';
import { wholeOrder } from '../../../../src/manager/scheduler/task-order.ts';
import { Disk } from './disk.ts';
import { OPTIONS } from './options.ts';
import { statisticsOf } from '../../../statistics-of.ts';

type TaskOrder = NewMapTask | NewReduceTask;

/**
 * A Scheduler with thousands of Workers that do nothing by themselves: nothing is checked or kept
 * after a step, so that only the Scheduler's own work remains.
 */
export class CheapCluster {
  readonly scheduler = new Scheduler(OPTIONS);
  /** Orders that were sent and are not finished, by connection. */
  readonly held = new Map<number, TaskOrder[]>();
  nowMs = 0;
  /** Told around every step. */
  onStep: (step: () => readonly ManagerCommand[]) => readonly ManagerCommand[] = (step) => step();
  readonly #disk = new Disk((event) => this.#queue.push(event));
  readonly #queue: ManagerEvent[] = [];
  readonly #numbers = new Map<number, number>();

  constructor(workers: number, slots = 1) {
    for (let id = 1; id <= workers; id += 1) this.#arrive(id, slots);
  }

  submit(maps: number, changes: object = {}): void {
    const message = {
      message_type: 'new_manager_job',
      input_directory: '/data',
      output_directory: `/out-${String(this.scheduler.state.nextJobId)}`,
      mapper_executable: 'cat',
      reducer_executable: 'cat',
      num_mappers: maps,
      num_reducers: 1,
      ...changes,
    } as const;
    this.step({ type: 'client_message', client: 1_000_000, message, wallMs: 0 });
  }

  /** One event and all that storage answers to it. */
  step(event: ManagerEvent): void {
    this.#queue.push(event);
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      const now = next;
      const commands = this.onStep(() => this.scheduler.step(now, this.nowMs));
      for (const command of commands) this.#perform(command);
    }
  }

  say(connection: number, message: object): void {
    const number = (this.#numbers.get(connection) ?? 0) + 1;
    this.#numbers.set(connection, number);
    const identity = { worker_id: `w${String(connection)}`, nonce: `n${String(connection)}` };
    this.#workerMessage(connection, { ...message, ...identity, epoch: 1, number });
  }

  /** The Worker's oldest task is started and finished; false when it has none. */
  finishOne(connection: number): boolean {
    const order = this.held.get(connection)?.shift();
    if (!order) return false;
    const { job_id, stage, task_index, attempt } = order;
    const ref = { job_id, stage, task_index, attempt };
    this.say(connection, { message_type: 'started', ...ref });
    this.say(connection, {
      message_type: 'finished',
      ...ref,
      outputs: [],
      statistics: statisticsOf({
        input_bytes: 1,
        input_records: 1,
        output_bytes: 1,
        output_records: 1,
        duration_ms: 1,
      }),
      counters: [],
    });
    return true;
  }

  /** The Worker's oldest task is started. */
  startOne(connection: number): void {
    const order = this.held.get(connection)?.[0];
    if (!order) return;
    const { job_id, stage, task_index, attempt } = order;
    this.say(connection, {
      message_type: 'started',
      ...{ job_id, stage, task_index, attempt },
    });
  }

  /** The Worker was unfit for its oldest task. */
  failOne(connection: number): void {
    const order = this.held.get(connection)?.shift();
    if (!order) return;
    const { job_id, stage, task_index, attempt } = order;
    this.say(connection, {
      message_type: 'failed',
      ...{ job_id, stage, task_index, attempt },
      outcome: 'unfit',
      cause: { text: 'its disk is full', exit_code: null, signal: null },
      command: 'cat',
      role: null,
      reproduce: null,
      stderr_tail: [],
      input: null,
      bad_run: null,
    });
  }

  #arrive(connection: number, slots: number): void {
    const id = String(connection);
    this.#workerMessage(connection, {
      message_type: 'register',
      worker_id: `w${id}`,
      nonce: `n${id}`,
      protocol_version: 1,
      slots,
      capabilities: [],
      host: '127.0.0.1',
      port: 1,
      cluster_id: null,
      received: 0,
      attempts: [],
    });
    this.say(connection, { message_type: 'ready', problem: null });
  }

  #workerMessage(connection: number, message: object): void {
    const event = { type: 'worker_message', connection, message, address: 'here' };
    this.step(event as ManagerEvent);
  }

  #perform(command: ManagerCommand): void {
    this.#disk.perform(command);
    if (command.type !== 'send_worker') return;
    const { connection } = command;
    const order = wholeOrder(command);
    if (order.message_type === 'cancel_task') this.#giveBack(connection, order);
    if (order.message_type !== 'new_map_task' && order.message_type !== 'new_reduce_task') return;
    const held = this.held.get(connection) ?? [];
    held.push(order);
    this.held.set(connection, held);
  }

  #giveBack(connection: number, { job_id, stage, task_index, attempt }: CancelTask): void {
    const held = this.held.get(connection) ?? [];
    const at = held.findIndex((each) => each.task_index === task_index && each.job_id === job_id);
    if (at < 0) return;
    held.splice(at, 1);
    const ref = { job_id, stage, task_index, attempt };
    this.say(connection, { message_type: 'returned', ...ref, was_started: false });
  }
}
