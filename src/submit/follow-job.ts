import type { JobEvent, JobReport } from '../protocol/job-report.ts';
import { addressText } from '../protocol/net/net-error.ts';
import type { Clock } from '../runtime/clock.ts';
import { EXIT_CODES } from '../runtime/exit-codes.ts';
import { UserError } from '../runtime/user-error.ts';
import { delay } from './delay.ts';
import { type ManagerAddress, nextCommand } from './manager-address.ts';
import { ConnectionLostError, type Session } from './session.ts';

/** How long a waiting client looks for a Manager that has gone (spec/commit "Restart"). */
export const RECONNECT_MS = 60_000;
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 1_000;

export interface FollowOptions {
  /** Opens another connection to the same Manager; throws UserError with exit code 3. */
  readonly reconnect: () => Promise<Session>;
  readonly address: ManagerAddress;
  readonly clock: Clock;
  readonly onEvent: (event: JobEvent) => void;
  /** One line for the user about the connection. */
  readonly onConnection: (line: string) => void;
}

/**
 * Follows a job to its end, over as many connections as it takes. Events that are numbered come
 * once and in order, whatever happens to the connection in between.
 */
export class JobFollower {
  readonly #options: FollowOptions;
  readonly #job: string;
  readonly #left = new AbortController();
  #session: Session;
  #lastEvent = 0;
  #cancelledBy: string | undefined;
  /** Tells this job from another of the same number, should the Manager have forgotten everything. */
  #submittedAtMs: number | undefined;

  constructor(session: Session, job: string, options: FollowOptions) {
    this.#session = session;
    this.#job = job;
    this.#options = options;
  }

  /**
   * Resolves with the report when the job has ended.
   * @throws UserError when the job is not known, or the Manager stays away
   */
  async run(): Promise<JobReport> {
    for (;;) {
      try {
        await this.#checkIdentity();
        if (this.#cancelledBy !== undefined) await this.#sendCancel(this.#cancelledBy);
        return await this.#session.watchJob(this.#job, this.#lastEvent, (event, number) =>
          this.#take(event, number),
        );
      } catch (error) {
        if (!(error instanceof ConnectionLostError) || this.#left.signal.aborted) throw error;
        await this.#reconnect();
      }
    }
  }

  /** Asks for the job's cancellation, now and after every reconnection, until it has ended. */
  async cancel(cancelledBy: string): Promise<void> {
    this.#cancelledBy = cancelledBy;
    try {
      await this.#sendCancel(cancelledBy);
    } catch (error) {
      // Run asks again over the next connection.
      if (!(error instanceof ConnectionLostError)) throw error;
    }
  }

  /** Stops following; the job goes on. */
  leave(): void {
    this.#left.abort();
    this.#session.close();
  }

  async #sendCancel(cancelledBy: string): Promise<void> {
    await this.#session.request(
      { message_type: 'cancel_job', job: this.#job, cancelled_by: cancelledBy },
      'job',
    );
  }

  #take(event: JobEvent, number: number): void {
    if (!isSnapshot(event)) {
      if (number <= this.#lastEvent) return;
      this.#lastEvent = number;
    }
    this.#options.onEvent(event);
  }

  /** @throws UserError when the job is not known, or its number now belongs to another */
  async #checkIdentity(): Promise<void> {
    const submittedAtMs = await this.#askWhenSubmitted();
    if (submittedAtMs === 0) return;
    this.#submittedAtMs ??= submittedAtMs;
    if (this.#submittedAtMs !== submittedAtMs) throw this.#forgotten();
  }

  async #askWhenSubmitted(): Promise<number> {
    const request = { message_type: 'job_status', job: this.#job } as const;
    try {
      return (await this.#session.request(request, 'job')).status.submitted_at_ms;
    } catch (error) {
      const refused = error instanceof UserError && error.exitCode === EXIT_CODES.usage;
      throw refused && this.#submittedAtMs !== undefined ? this.#forgotten() : error;
    }
  }

  #forgotten(): UserError {
    return new UserError(
      `Cannot follow ${this.#job}: the Manager at ${addressOf(this.#options.address)} was started anew without its journal and has forgotten it. Submit it again`,
      EXIT_CODES.jobFailed,
    );
  }

  async #reconnect(): Promise<void> {
    const { clock, reconnect, onConnection, address } = this.#options;
    const where = addressOf(address);
    onConnection(`Lost the connection to the Manager at ${where}: trying again for 60 s`);
    const giveUpAtMs = clock.nowMs() + RECONNECT_MS;
    for (let pauseMs = RETRY_MIN_MS; ; pauseMs = Math.min(RETRY_MAX_MS, pauseMs * 2)) {
      if (this.#left.signal.aborted) throw new ConnectionLostError(where);
      try {
        this.#session = await reconnect();
        onConnection(`Connected to the Manager at ${where} again`);
        return;
      } catch (error) {
        if (!isUnreachable(error)) throw error;
      }
      if (clock.nowMs() + pauseMs > giveUpAtMs) throw this.#givenUp();
      await delay(clock, pauseMs, this.#left.signal);
    }
  }

  #givenUp(): UserError {
    const { address } = this.#options;
    return new UserError(
      `Cannot reach the Manager at ${addressOf(address)} for 60 s: ${this.#job} may still be running. Follow it again with: ${nextCommand(address, 'watch', this.#job)}`,
      EXIT_CODES.managerUnreachable,
    );
  }
}

function addressOf({ host, port }: ManagerAddress): string {
  return addressText(host, port);
}

/** Snapshots are not kept and never sent again; they carry the number of the last kept event. */
function isSnapshot({ kind }: JobEvent): boolean {
  return kind === 'progress' || kind === 'queued_behind';
}

function isUnreachable(error: unknown): boolean {
  return error instanceof UserError && error.exitCode === EXIT_CODES.managerUnreachable;
}
