import { join } from 'node:path';
import type { AttemptRef } from '../../protocol/ids.ts';
import { assert } from '../../runtime/assert.ts';
import { Slot } from './slot.ts';
import type { SlotEvent, TaskOrderMessage } from './task-result.ts';

export interface SlotPoolOptions {
  /** How many attempts run at once. */
  readonly slots: number;
  readonly sortBufferBytes: number;
  /** The private directory of this Worker process, on a local disk. */
  readonly workDirectory: string;
  /** The same, or another where names are made faster. */
  readonly fifoDirectory: string;
  readonly workerId: string;
  /** The guard's `descriptor` and `nonce`. */
  readonly guard: { readonly descriptor: number; readonly nonce: string };
  /** A slot's thread has died, which is a bug, and was replaced. */
  readonly onCrash?: (slot: number, error: Error) => void;
}

/** The slots of a Worker. Runs attempts off the main thread, in one long-lived thread per slot. */
export class SlotPool {
  readonly #slots: readonly Slot[];

  /** Starts the threads, so that the first attempt does not wait for one. */
  constructor(options: SlotPoolOptions) {
    const { fifoDirectory, guard, sortBufferBytes, workDirectory, workerId } = options;
    this.#slots = Array.from(
      { length: options.slots },
      (_, index) =>
        new Slot({
          name: `slot-${String(index)}`,
          directory: join(workDirectory, `slot-${String(index)}`),
          fifoDirectory: join(fifoDirectory, `fifos-${String(index)}`),
          workerId,
          sortBufferBytes,
          guardDescriptor: guard.descriptor,
          guardNonce: guard.nonce,
          onCrash: (error) => options.onCrash?.(index, error),
        }),
    );
  }

  /** Runs an attempt in a free slot; `ended` is its last event, and frees the slot before it. */
  run(slot: number, order: TaskOrderMessage, onEvent: (event: SlotEvent) => void): void {
    const free = this.#slots[slot];
    assert(free !== undefined, `there is no slot ${String(slot)}`);
    free.run(order, onEvent);
  }

  /** Kills what an attempt runs; it then ends as `killed`, unless it has ended already. */
  kill(attempt: AttemptRef): void {
    this.#slots.find((slot) => slot.runs(attempt))?.kill();
  }

  /** Kills every attempt and ends the threads. Nothing may be run afterwards. */
  async close(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.close()));
  }
}
