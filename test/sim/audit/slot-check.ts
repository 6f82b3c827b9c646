import type { AttemptRef } from '../../../src/protocol/ids.ts';
import type { JobReport } from '../../../src/protocol/job-report.ts';
import { JOB_DEFAULTS } from '../../../src/protocol/job-spec.ts';
import type { TaskOrderMessage, TaskResult } from '../../../src/worker/tasks/task-result.ts';
import type { JobScript } from '../job-script.ts';
import type { SimWorker } from '../sim-worker.ts';
import { keyOf, taskKey } from './ledger.ts';
import type { InvariantName } from './violation.ts';

type Tell = (name: InvariantName, message: string) => void;

/** Checks what really runs in the slots, and whether what is said of it later is true. */
export class SlotCheck {
  readonly #tell: Tell;
  readonly #begun = new Set<string>();
  readonly #finished = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #busy = new Map<SimWorker, Set<number>>();
  readonly #slotOf = new Map<string, number>();

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  hasFinished(key: string): boolean {
    return this.#finished.has(key);
  }

  begins(worker: SimWorker, slot: number, order: TaskOrderMessage): void {
    const key = keyOf(order);
    const { id, slots } = worker.nature;
    if (this.#begun.has(key)) this.#tell('I2', `${key} is run twice`);
    this.#begun.add(key);
    const busy = this.#busy.get(worker) ?? new Set<number>();
    this.#busy.set(worker, busy);
    if (busy.has(slot) || busy.size >= slots) this.#tell('I7', `${id} runs ${key} in a taken slot`);
    busy.add(slot);
    this.#slotOf.set(key, slot);
    if (worker.staleOrders.has(key)) this.#tell('I6', `${id} obeys an earlier Manager in ${key}`);
  }

  ends(worker: SimWorker, order: TaskOrderMessage, result: TaskResult): void {
    const key = keyOf(order);
    const slot = this.#slotOf.get(key);
    if (slot !== undefined) this.#busy.get(worker)?.delete(slot);
    // What only looked for bad records has no result.
    if (result.outcome === 'finished' && !result.lines) this.#finished.add(key);
  }

  failed(ref: AttemptRef): void {
    const task = taskKey(ref);
    this.#failures.set(task, (this.#failures.get(task) ?? 0) + 1);
  }

  killed(_ref: AttemptRef): void {
    // Counted by the Manager as a loss; nothing here limits it.
  }

  /** A failure that blames a program needs as many failures of that program. */
  judgeEnd(script: JobScript, report: JobReport): void {
    const { failure } = report;
    const attempt = failure?.attempt ?? undefined;
    if (attempt === undefined) return;
    const task = `${String(report.job_id)}/${attempt.slice(0, attempt.lastIndexOf('.'))}`;
    const failures = this.#failures.get(task) ?? 0;
    const limit = script.message.max_attempts ?? JOB_DEFAULTS.maxAttempts;
    if (failures >= limit) return;
    this.#tell('I11', `${script.id} fails for ${task}, which failed ${String(failures)} times`);
  }
}
