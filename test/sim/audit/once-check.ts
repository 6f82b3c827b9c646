import type { ManagerEvent } from '../../../src/manager/scheduler/events.ts';
import type { JournalRecord } from '../../../src/manager/scheduler/records.ts';
import type { ManagerOrder } from '../../../src/protocol/manager-orders.ts';
import type { TaskOrderMessage } from '../../../src/worker/tasks/task-result.ts';
import { keyOf, taskKey } from './ledger.ts';
import type { InvariantName } from './violation.ts';

type Tell = (name: InvariantName, message: string) => void;

/**
 * Checks that without a reason no task runs twice. Nobody waits until a dispatch is on the disk, so
 * a Manager that is killed may leave attempts that its successor cannot know. Such a task may be
 * handed out again, but only until the Worker that has the attempt has said so.
 */
export class OnceCheck {
  readonly #tell: Tell;
  /** Attempts that ran, by task. */
  readonly #runs = new Map<string, Set<string>>();
  /** Attempts that were sent out, by task. */
  readonly #sent = new Map<string, Set<string>>();
  /** Those of which the present Manager has neither read nor heard. */
  readonly #unknown = new Set<string>();
  /** Those whose tasks were handed out again before anything was heard of them. */
  readonly #excused = new Set<string>();

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** What the Manager is given, before it acts on it. */
  heard(event: ManagerEvent): void {
    if (event.type === 'restore') this.#restored(event.records);
    if (event.type !== 'worker_message' || event.message.message_type !== 'register') return;
    for (const listing of event.message.attempts) this.#unknown.delete(keyOf(listing));
  }

  ordered(order: ManagerOrder): void {
    if (order.message_type !== 'new_map_task' && order.message_type !== 'new_reduce_task') return;
    const sent = setOf(this.#sent, taskKey(order));
    for (const earlier of sent) if (this.#unknown.has(earlier)) this.#excused.add(earlier);
    sent.add(keyOf(order));
  }

  begins(order: TaskOrderMessage): void {
    setOf(this.#runs, taskKey(order)).add(keyOf(order));
  }

  /** No fault that costs an attempt has happened. */
  mustHaveRunOnce(): void {
    for (const [task, runs] of this.#runs) {
      const times = [...runs].filter((key) => !this.#excused.has(key)).length;
      if (times > 1) this.#tell('I10', `${task} ran ${String(times)} times without a reason`);
    }
  }

  #restored(records: readonly JournalRecord[]): void {
    const read = new Set(
      records.flatMap((record) => ('attempt' in record ? [keyOf(record.attempt)] : [])),
    );
    this.#unknown.clear();
    for (const sent of this.#sent.values()) {
      for (const key of sent) if (!read.has(key)) this.#unknown.add(key);
    }
  }
}

function setOf(sets: Map<string, Set<string>>, name: string): Set<string> {
  const known = sets.get(name) ?? new Set();
  sets.set(name, known);
  return known;
}
