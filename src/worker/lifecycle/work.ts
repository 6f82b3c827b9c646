import { attemptKey, type AttemptRef, attemptRefOf } from '../../protocol/ids.ts';
import type { CancelTask, Settled } from '../../protocol/manager-orders.ts';
import type { AttemptListing } from '../../protocol/worker-messages.ts';
import type { SlotEvent, TaskOrderMessage, TaskResult } from '../tasks/task-result.ts';
import { attemptReport } from './attempt-report.ts';
import { Attempts } from './attempts.ts';
import type { Outbox } from './outbox.ts';
import { ProgressReports } from './progress-reports.ts';
import { Slots } from './slots.ts';

/** More than this many orders waiting per slot is a Manager that does not count. */
const QUEUED_PER_SLOT = 2;

/**
 * What this Worker was given to do. Every order is answered by exactly one `finished`, `failed` or
 * `returned`; the first two are kept, and said again, until the Manager has settled them.
 */
export class Work {
  readonly #outbox: Outbox;
  readonly #attempts = new Attempts();
  readonly #slots: Slots;
  readonly #progress = new ProgressReports();
  #finished = 0;
  #failed = 0;

  constructor(outbox: Outbox, slots: number) {
    this.#outbox = outbox;
    this.#slots = new Slots(slots);
  }

  /** Slots with something in them, whoever it belongs to. */
  get running(): number {
    return this.#slots.busy;
  }

  get queued(): number {
    return this.#attempts.in('queued').length;
  }

  get unsettled(): number {
    return this.#attempts.in('finished').length;
  }

  /** Attempts that succeeded here, since the process began. */
  get finished(): number {
    return this.#finished;
  }

  get failed(): number {
    return this.#failed;
  }

  /** When the next `progress` message may go, while there is something to tell. */
  get progressDueAtMs(): number | undefined {
    return this.#progress.dueAtMs;
  }

  listings(): readonly AttemptListing[] {
    return this.#attempts.listings();
  }

  /** Takes an order; `refusal` says why this Worker takes none, and then it goes straight back. */
  take(order: TaskOrderMessage, refusal: string | undefined, nowMs: number): void {
    const ref = attemptRefOf(order);
    const known = this.#attempts.get(ref);
    if (known !== undefined) {
      this.#outbox.log(
        'warn',
        `Ignored a second order for ${attemptKey(ref)}: it is ${known.state}`,
      );
      return;
    }
    if (refusal !== undefined) {
      this.#outbox.log('info', `Returned ${attemptKey(ref)}: ${refusal}`);
      this.#return(ref, false, nowMs);
      return;
    }
    this.#attempts.queue(ref, order);
    this.#fillSlots();
    const { queued } = this;
    if (queued > QUEUED_PER_SLOT * this.#slots.count) {
      this.#outbox.log('warn', `${String(queued)} attempts wait for ${this.#slotsInWords()}`);
    }
  }

  cancel(order: CancelTask, nowMs: number): void {
    const ref = attemptRefOf(order);
    const attempt = this.#attempts.get(ref);
    if (attempt === undefined) {
      this.#return(ref, false, nowMs);
      return;
    }
    if (order.only_queued === true && attempt.state !== 'queued') return;
    switch (attempt.state) {
      case 'queued':
        this.#attempts.forget(ref);
        this.#return(ref, false, nowMs);
        return;
      case 'running':
        this.#stop(ref, order.reason);
        return;
      case 'stopping':
        return;
      case 'finished':
        this.#attempts.forget(ref);
        return;
      default:
        attempt satisfies never;
    }
  }

  /** The Manager has dealt with a report; false when there is none to forget. */
  settle(order: Settled): boolean {
    const ref = attemptRefOf(order);
    if (this.#attempts.get(ref)?.state !== 'finished') return false;
    this.#attempts.forget(ref);
    return true;
  }

  /** False when the slot speaks of an attempt that it does not have. */
  slotSaid(slot: number, attempt: AttemptRef, event: SlotEvent, nowMs: number): boolean {
    const ref = attemptRefOf(attempt);
    switch (this.#slots.holds(slot, attemptKey(ref))) {
      case 'nothing':
        return false;
      case 'evicted':
        if (event.type === 'ended') this.#slots.free(slot);
        break;
      case 'taken':
        this.#attemptSaid(slot, ref, event, nowMs);
    }
    this.#fillSlots();
    return true;
  }

  /**
   * A new registration: says again what the Manager has not settled, and how far the rest is. There
   * is always something to say, so that the Manager learns where this Worker's numbers stand.
   */
  repeat(nowMs: number): void {
    for (const { ref, started } of this.#attempts.withSlot()) {
      if (started) this.#outbox.post({ message_type: 'started', ...ref }, nowMs);
    }
    for (const { report } of this.#attempts.in('finished')) this.#outbox.post(report, nowMs);
    this.repeatProgress(nowMs);
  }

  /** Tells all progress that is known, even none; the Manager acknowledges it in any case. */
  repeatProgress(nowMs: number): void {
    this.#outbox.post({ message_type: 'progress', attempts: this.#progress.all(nowMs) }, nowMs);
  }

  reportProgress(nowMs: number): void {
    const attempts = this.#progress.take(nowMs);
    if (attempts.length > 0) this.#outbox.post({ message_type: 'progress', attempts }, nowMs);
  }

  returnQueued(nowMs: number): void {
    for (const { ref } of this.#attempts.in('queued')) {
      this.#attempts.forget(ref);
      this.#return(ref, false, nowMs);
    }
  }

  /** Kills everything that runs; what was queued goes back. */
  stopAll(reason: string, nowMs: number): void {
    this.returnQueued(nowMs);
    for (const { ref } of this.#attempts.in('running')) this.#stop(ref, reason);
  }

  /** Everything belonged to a cluster that is no more: killed, dropped, never spoken of again. */
  dropAll(reason: string): void {
    for (const { ref, slot, state } of this.#attempts.withSlot()) {
      this.#slots.evict(slot);
      this.#progress.forget(attemptKey(ref));
      if (state === 'running') this.#outbox.push({ type: 'kill', attempt: ref, reason });
    }
    this.#attempts.clear();
  }

  #attemptSaid(slot: number, ref: AttemptRef, event: SlotEvent, nowMs: number): void {
    switch (event.type) {
      case 'started':
        if (this.#attempts.markStarted(ref)) {
          this.#outbox.post({ message_type: 'started', ...ref }, nowMs);
        }
        return;
      case 'progress':
        this.#progress.note(ref, event);
        return;
      case 'ended':
        this.#slots.free(slot);
        this.#progress.forget(attemptKey(ref));
        this.#ended(ref, event.result, nowMs);
        return;
      default:
        event satisfies never;
    }
  }

  #ended(ref: AttemptRef, result: TaskResult, nowMs: number): void {
    const attempt = this.#attempts.get(ref);
    if (attempt?.state === 'stopping') {
      this.#attempts.forget(ref);
      this.#return(ref, attempt.started, nowMs);
      return;
    }
    const report = attemptReport(ref, result.outcome === 'killed' ? KILLED_UNASKED : result);
    this.#attempts.finish(ref, report);
    if (report.message_type === 'finished') this.#finished += 1;
    else this.#failed += 1;
    this.#outbox.post(report, nowMs);
  }

  #stop(ref: AttemptRef, reason: string): void {
    this.#attempts.stop(ref);
    this.#outbox.push({ type: 'kill', attempt: ref, reason });
  }

  #return(ref: AttemptRef, wasStarted: boolean, nowMs: number): void {
    this.#outbox.post({ message_type: 'returned', ...ref, was_started: wasStarted }, nowMs);
  }

  #fillSlots(): void {
    for (const { ref, order } of this.#attempts.in('queued')) {
      const slot = this.#slots.firstFree();
      if (slot === undefined) return;
      if (this.#slots.isEvicting(attemptKey(ref))) continue;
      this.#attempts.run(ref, slot);
      this.#slots.take(slot, attemptKey(ref));
      this.#outbox.push({ type: 'run', slot, order });
    }
  }

  #slotsInWords(): string {
    const { count } = this.#slots;
    return count === 1 ? '1 slot' : `${String(count)} slots`;
  }
}

/** Nobody asked for it, so this Worker could not keep it running: not the program's fault. */
const KILLED_UNASKED = {
  outcome: 'unfit',
  cause: { text: 'killed without having been cancelled', exit_code: null, signal: null },
  command: '(unknown)',
  role: null,
  reproduce: null,
  stderr_tail: [],
  input: null,
  bad_run: null,
} as const;
