import { addressText } from '../protocol/net/net-error.ts';
import type { Clock } from '../runtime/clock.ts';
import { EXIT_CODES } from '../runtime/exit-codes.ts';
import { UserError } from '../runtime/user-error.ts';
import { delay } from './delay.ts';
import type { ManagerAddress } from './manager-address.ts';
import { ConnectionLostError, type Session } from './session.ts';

/** How long a waiting client looks for a Manager that has gone (spec/commit "Restart"). */
export const RECONNECT_MS = 60_000;
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 1_000;

export interface OutageOptions {
  /** Opens another connection to the same Manager; throws UserError with exit code 3. */
  readonly reconnect: () => Promise<Session>;
  readonly address: ManagerAddress;
  readonly clock: Clock;
  /** One line for the user about the connection. */
  readonly onConnection: (line: string) => void;
}

/**
 * Looks for a Manager that has gone. An outage is over only when the Manager has answered: one that
 * takes connections and drops them is gone all the same.
 */
export class Outages {
  readonly #options: OutageOptions;
  /** What is unknown while the Manager is away, and what to type then. */
  readonly #consequence: string;
  readonly #left: AbortSignal;
  #giveUpAtMs: number | undefined;
  #pauseMs = 0;

  constructor(options: OutageOptions, consequence: string, left: AbortSignal) {
    this.#options = options;
    this.#consequence = consequence;
    this.#left = left;
  }

  /** The Manager has answered. */
  end(): void {
    if (this.#giveUpAtMs === undefined) return;
    this.#giveUpAtMs = undefined;
    this.#pauseMs = 0;
    this.#options.onConnection(`Connected to the Manager at ${this.#where} again`);
  }

  /**
   * Another connection, as soon as there is one.
   * @throws UserError when the Manager has been away for {@link RECONNECT_MS}
   * @throws ConnectionLostError when nobody waits any more
   */
  async reconnect(): Promise<Session> {
    const { clock, reconnect, onConnection } = this.#options;
    if (this.#giveUpAtMs === undefined) {
      onConnection(`Lost the connection to the Manager at ${this.#where}: trying again for 60 s`);
      this.#giveUpAtMs = clock.nowMs() + RECONNECT_MS;
    }
    for (;;) {
      if (clock.nowMs() + this.#pauseMs > this.#giveUpAtMs) throw this.#givenUp();
      if (this.#pauseMs > 0) await delay(clock, this.#pauseMs, this.#left);
      if (this.#left.aborted) throw new ConnectionLostError(this.#where);
      this.#pauseMs = Math.min(RETRY_MAX_MS, Math.max(RETRY_MIN_MS, 2 * this.#pauseMs));
      try {
        return await reconnect();
      } catch (error) {
        if (!isUnreachable(error)) throw error;
      }
    }
  }

  #givenUp(): UserError {
    return new UserError(
      `Cannot reach the Manager at ${this.#where} for 60 s: ${this.#consequence}`,
      EXIT_CODES.managerUnreachable,
    );
  }

  get #where(): string {
    const { host, port } = this.#options.address;
    return addressText(host, port);
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof UserError && error.exitCode === EXIT_CODES.managerUnreachable;
}
