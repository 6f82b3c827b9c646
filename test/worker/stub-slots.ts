import { attemptKey, type AttemptRef } from '../../src/protocol/ids.ts';
import type { SlotRunner } from '../../src/worker/perform.ts';
import type { SlotPoolOptions } from '../../src/worker/tasks/slot-pool.ts';
import type { SlotEvent, TaskOrderMessage } from '../../src/worker/tasks/task-result.ts';

interface Run {
  readonly order: TaskOrderMessage;
  readonly onEvent: (event: SlotEvent) => void;
}

/** Slots whose attempts end when the test says so; what is killed ends at once. */
export class StubSlots implements SlotRunner {
  readonly options: SlotPoolOptions;
  closed = false;
  readonly #runs = new Map<number, Run>();

  constructor(options: SlotPoolOptions) {
    this.options = options;
  }

  run(slot: number, order: TaskOrderMessage, onEvent: (event: SlotEvent) => void): void {
    this.#runs.set(slot, { order, onEvent });
    onEvent({ type: 'started' });
  }

  kill(attempt: AttemptRef): void {
    for (const [slot, run] of this.#runs) {
      if (attemptKey(run.order) === attemptKey(attempt)) {
        this.tell(slot, { type: 'ended', result: { outcome: 'killed' } });
      }
    }
  }

  tell(slot: number, event: SlotEvent): void {
    const run = this.#runs.get(slot);
    if (event.type === 'ended') this.#runs.delete(slot);
    run?.onEvent(event);
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}
