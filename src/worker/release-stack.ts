import type { Log } from '../runtime/log.ts';
import { errorText } from '../runtime/system-error.ts';

interface Held {
  readonly name: string;
  readonly release: () => Promise<void>;
}

/** What was taken, to be let go in the opposite order, whatever goes wrong in between. */
export class ReleaseStack {
  readonly #log: Log;
  readonly #held: Held[] = [];
  #released: Promise<void> | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  add(name: string, release: () => Promise<void>): void {
    this.#held.push({ name, release });
  }

  /** Lets go of everything. The first call does, later ones wait for it. */
  releaseAll(): Promise<void> {
    this.#released ??= this.#releaseAll();
    return this.#released;
  }

  async #releaseAll(): Promise<void> {
    for (let held = this.#held.pop(); held; held = this.#held.pop()) {
      try {
        await held.release();
      } catch (error) {
        this.#log.warn(`Cannot release ${held.name}: ${errorText(error)}`);
      }
    }
    await this.#log.close();
  }
}
