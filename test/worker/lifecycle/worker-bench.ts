import type { AttemptRef } from '../../../src/protocol/ids.ts';
import { rulesOf } from '../../../src/protocol/job-spec.ts';
import type {
  ManagerOrder,
  NewMapTask,
  RegisterAck,
} from '../../../src/protocol/manager-orders.ts';
import type { WorkerMessage } from '../../../src/protocol/worker-messages.ts';
import type { WorkerCommand } from '../../../src/worker/lifecycle/commands.ts';
import { describeCommand } from '../../../src/worker/lifecycle/describe-command.ts';
import type { WorkerEvent } from '../../../src/worker/lifecycle/events.ts';
import { assert } from '../../../src/runtime/assert.ts';
import { WorkerCore } from '../../../src/worker/lifecycle/worker-core.ts';
import type { WorkerSettings } from '../../../src/worker/lifecycle/worker-settings.ts';
import type { SlotEvent, TaskFailure, TaskSuccess } from '../../../src/worker/tasks/task-result.ts';
import { statisticsOf } from '../../statistics-of.ts';

export const SETTINGS: WorkerSettings = {
  workerId: 'node2-1',
  nonce: 'nonce-a',
  hostName: 'node2',
  slots: 2,
  capabilities: ['gzip'],
  host: '127.0.0.1',
  port: 40_001,
  managerAddress: '127.0.0.1:6000',
  orphanTimeoutMs: undefined,
  seed: 7,
};

export const INTERVAL_MS = 2000;

/** A Worker's core in virtual time, with a Manager played by the test. */
export class WorkerBench {
  readonly core: WorkerCore;
  nowMs = 0;
  /** Everything that the core asked for. */
  readonly commands: WorkerCommand[] = [];
  #shown = 0;
  #orders = 0;
  #epoch = 1;

  constructor(settings: Partial<WorkerSettings> = {}) {
    this.core = new WorkerCore({ ...SETTINGS, ...settings }, 0);
  }

  push(event: WorkerEvent): void {
    this.commands.push(...this.core.step(event, this.nowMs));
  }

  /** Lets time pass with a tick on every deadline. */
  advance(byMs: number): void {
    this.#advanceTo(this.nowMs + byMs, () => undefined);
  }

  /** Lets time pass while the Manager acknowledges whatever it is sent. */
  advanceServed(byMs: number): void {
    this.#advanceTo(this.nowMs + byMs, () => this.acknowledgeAll());
  }

  #advanceTo(endMs: number, afterTick: () => void): void {
    for (;;) {
      const deadlineMs = this.core.nextDeadlineMs();
      if (deadlineMs === undefined || deadlineMs > endMs) break;
      this.nowMs = Math.max(this.nowMs, deadlineMs);
      this.push({ type: 'tick' });
      afterTick();
      assert((this.core.nextDeadlineMs() ?? Infinity) > this.nowMs, 'the deadline stays');
    }
    this.nowMs = endMs;
  }

  /** The number of the last connection that was asked for. */
  get connection(): number {
    return this.commands.findLast((command) => command.type === 'connect')?.connection ?? 0;
  }

  /** Messages sent over TCP, of one type. */
  sent<T extends WorkerMessage['message_type']>(
    type: T,
  ): Extract<WorkerMessage, { readonly message_type: T }>[] {
    return this.commands
      .filter((command) => command.type === 'send')
      .map((command) => command.message)
      .filter((message) => message.message_type === type) as Extract<
      WorkerMessage,
      { readonly message_type: T }
    >[];
  }

  count(type: WorkerCommand['type']): number {
    return this.commands.filter((command) => command.type === type).length;
  }

  /** What was asked for since the last look, as lines of the log; debug ones left out. */
  lines(): string[] {
    const fresh = this.commands.slice(this.#shown).map(describeCommand);
    this.#shown = this.commands.length;
    return fresh.filter((line) => line.level !== 'debug').map((line) => line.message);
  }

  /** Waits for the next try to connect and lets it succeed. */
  connect(): void {
    const before = this.count('connect');
    while (this.count('connect') === before) {
      this.nowMs = Math.max(this.nowMs, this.core.nextDeadlineMs() ?? this.nowMs);
      this.push({ type: 'tick' });
    }
    this.push({ type: 'connected', connection: this.connection });
  }

  acknowledgeRegistration(changes: Partial<RegisterAck> = {}): void {
    this.#epoch = changes.epoch ?? this.#epoch;
    this.order({ ...REGISTER_ACK, epoch: this.#epoch, ...changes });
  }

  seeDirectory(token = 'token-1'): void {
    this.push({ type: 'token_read', connection: this.connection, result: { token } });
  }

  /** All the way to a Worker that serves. */
  serve(changes: Partial<RegisterAck> = {}): this {
    this.connect();
    this.acknowledgeRegistration(changes);
    this.seeDirectory();
    this.lines();
    return this;
  }

  order(order: ManagerOrder): void {
    this.push({ type: 'order', connection: this.connection, order });
  }

  /** Orders a map attempt. */
  orderMap(taskIndex: number, attempt = 1): AttemptRef {
    const ref = map(taskIndex, attempt);
    this.order({ ...MAP_TASK, ...ref, ...this.numbered(), stage: 'map' });
    return ref;
  }

  cancel(ref: AttemptRef, reason = 'not needed'): void {
    this.order({ message_type: 'cancel_task', ...ref, ...this.numbered(), reason });
  }

  /** The Manager wants it back, should it still wait for a slot. */
  recall(ref: AttemptRef): void {
    const reason = 'a slot is idle elsewhere';
    const order = { message_type: 'cancel_task', ...ref, ...this.numbered() } as const;
    this.order({ ...order, only_queued: true, reason });
  }

  settle(ref: AttemptRef, outcome: 'committed' | 'discard' = 'committed'): void {
    const received = this.lastNumber;
    this.order({ message_type: 'settled', ...ref, ...this.numbered(), outcome, received });
  }

  acknowledgeAll(udp_confirmed = true): void {
    const received = this.lastNumber;
    this.order({ message_type: 'received', ...this.numbered(), received, udp_confirmed });
  }

  slot(slot: number, attempt: AttemptRef, event: SlotEvent): void {
    this.push({ type: 'slot', slot, attempt, event });
  }

  finish(slot: number, attempt: AttemptRef): void {
    this.slot(slot, attempt, { type: 'ended', result: SUCCESS });
  }

  disconnect(reason = 'connection closed'): void {
    this.push({ type: 'disconnected', connection: this.connection, reason });
  }

  /** Epoch and number of the Manager's next order. */
  numbered(): { readonly epoch: number; readonly number: number } {
    this.#orders += 1;
    return { epoch: this.#epoch, number: this.#orders };
  }

  /** Number of the last numbered message of the Worker. */
  get lastNumber(): number {
    const last = this.commands.findLast(
      (command) =>
        command.type === 'send' &&
        'number' in command.message &&
        command.message.message_type !== 'heartbeat',
    );
    return last?.type === 'send' && 'number' in last.message ? last.message.number : 0;
  }
}

export function map(taskIndex: number, attempt = 1): AttemptRef {
  return { job_id: 1, stage: 'map', task_index: taskIndex, attempt };
}

export const REGISTER_ACK: RegisterAck = {
  message_type: 'register_ack',
  protocol_version: 1,
  epoch: 1,
  heartbeat_interval_ms: INTERVAL_MS,
  cluster_id: 'cluster-1',
  shared_directory: '/share/m',
  token: 'token-1',
  received: 0,
  udp_confirmed: true,
};

export const MAP_TASK: NewMapTask = {
  message_type: 'new_map_task',
  epoch: 1,
  number: 1,
  job_id: 1,
  stage: 'map',
  task_index: 0,
  attempt: 1,
  job_name: 'words',
  job_directory: '/share/m/jobs/job-0001',
  staging_directory: '/out/.words.job-0001',
  files: [],
  environment: {},
  task_timeout_ms: 600_000,
  max_record_bytes: 64 * 1024 * 1024,
  rules: rulesOf({
    input_directory: '/in',
    output_directory: '/out',
    mapper_executable: 'cat',
  }),
  output_mode: 0o644,
  reduces: 1,
  mapper: 'cat',
  combiner: null,
  reducer: 'sum',
  pieces: [],
  last_map: false,
};

export const SUCCESS: TaskSuccess = {
  outcome: 'finished',
  outputs: [{ name: 'run', bytes: 10, records: 2, crc32: 0 }],
  statistics: statisticsOf({
    input_bytes: 10,
    input_records: 2,
    output_bytes: 10,
    output_records: 2,
    duration_ms: 5,
  }),
  counters: [],
};

export const FAILURE: TaskFailure = {
  outcome: 'failed',
  cause: { text: 'exit code 3', exit_code: 3, signal: null },
  command: '/bin/false',
  stderr_tail: ['no'],
  input: null,
  role: null,
  reproduce: null,
  bad_run: null,
};
