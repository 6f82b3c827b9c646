import { expect } from 'vitest';
import { attemptKey, type AttemptRef } from '../../../src/protocol/ids.ts';
import type { Register, WorkerMessage } from '../../../src/protocol/worker-messages.ts';

interface Entry {
  readonly ref: AttemptRef;
  /** `open`: ordered, no answer yet. `answered`: a report waits for `settled`. */
  state: 'open' | 'answered' | 'closed';
  /** Whether the answer came on the present connection. */
  saidHere: boolean;
}

/** What the Manager is owed: each order exactly one answer, reports once a registration. */
export class OrderBooks {
  readonly #entries = new Map<string, Entry>();

  /** False when this attempt has had its time: its number is never used again. */
  ordered(ref: AttemptRef): boolean {
    const entry = this.#entries.get(attemptKey(ref));
    if (!entry) this.#entries.set(attemptKey(ref), { ref, state: 'open', saidHere: false });
    return entry?.state !== 'closed';
  }

  /** A report that is cancelled or settled is never heard of again. */
  close(ref: AttemptRef): void {
    const entry = this.#entries.get(attemptKey(ref));
    if (entry?.state === 'answered') entry.state = 'closed';
  }

  /** What is not listed is gone: its last word was lost. Reports are said again. */
  registered(register: Register): void {
    const listed = new Set(register.attempts.map((listing) => attemptKey(listing)));
    for (const [key, entry] of this.#entries) {
      entry.saidHere = false;
      if (!listed.has(key)) entry.state = 'closed';
    }
  }

  forgetAll(): void {
    this.#entries.clear();
  }

  /** Checks a message of the Worker against the books. */
  said(message: WorkerMessage): void {
    const type = message.message_type;
    if (type !== 'finished' && type !== 'failed' && type !== 'returned') return;
    const entry = this.#entries.get(attemptKey(message));
    if (!entry || entry.state === 'closed') {
      // Cancelled without having been ordered, or after its end: only the books are closed.
      expect(type).toBe('returned');
      return;
    }
    expect(entry.saidHere).toBe(false);
    if (entry.state === 'answered') expect(type).not.toBe('returned');
    entry.saidHere = true;
    entry.state = type === 'returned' ? 'closed' : 'answered';
  }

  get unsettled(): readonly AttemptRef[] {
    return [...this.#entries.values()]
      .filter((entry) => entry.state === 'answered')
      .map((entry) => entry.ref);
  }

  get isClosed(): boolean {
    return [...this.#entries.values()].every((entry) => entry.state === 'closed');
  }
}
