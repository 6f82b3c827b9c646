import type { JobEvent, JobReport } from '../protocol/job-report.ts';
import { addressText } from '../protocol/net/net-error.ts';
import { EXIT_CODES } from '../runtime/exit-codes.ts';
import { UserError } from '../runtime/user-error.ts';
import { type ManagerAddress, nextCommand } from './manager-address.ts';
import { type OutageOptions, Outages } from './outage.ts';
import { ConnectionLostError, type Session } from './session.ts';

export interface FollowOptions extends OutageOptions {
  readonly onEvent: (event: JobEvent) => void;
}

/**
 * Follows a job to its end, over as many connections as it takes. Events that are numbered come
 * once and in order, whatever happens to the connection in between.
 */
export class JobFollower {
  readonly #options: FollowOptions;
  readonly #job: string;
  readonly #left = new AbortController();
  readonly #outages: Outages;
  #session: Session;
  #lastEvent = 0;
  #wasAccepted = false;
  #hasReconnected = false;
  #cancelledBy: string | undefined;
  /** Tells this job from another of the same number, should the Manager have forgotten everything. */
  #submittedAtMs: number | undefined;

  constructor(session: Session, job: string, options: FollowOptions) {
    this.#session = session;
    this.#job = job;
    this.#options = options;
    const watch = nextCommand(options.address, 'watch', job);
    const consequence = `${job} may still be running. Follow it again with: ${watch}`;
    this.#outages = new Outages(options, consequence, this.#left.signal);
  }

  /**
   * Resolves with the report when the job has ended.
   * @throws UserError when the job is not known, or the Manager stays away
   */
  async run(): Promise<JobReport> {
    for (;;) {
      try {
        await this.#checkIdentity();
        this.#outages.end();
        if (this.#cancelledBy !== undefined) await this.#sendCancel(this.#cancelledBy);
        return await this.#session.watchJob(this.#job, this.#lastEvent, (event, number) =>
          this.#take(event, number),
        );
      } catch (error) {
        if (!(error instanceof ConnectionLostError) || this.#left.signal.aborted) throw error;
        this.#session = await this.#outages.reconnect();
        this.#hasReconnected = true;
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
    // A Manager that goes on with the job after a restart may say so again, under a new number.
    if (event.kind === 'accepted' && this.#wasAccepted) return;
    this.#wasAccepted ||= event.kind === 'accepted';
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
      const wasKnown = this.#submittedAtMs !== undefined || this.#hasReconnected;
      throw refused && wasKnown ? this.#forgotten() : error;
    }
  }

  #forgotten(): UserError {
    return new UserError(
      `Cannot follow ${this.#job}: the Manager at ${addressOf(this.#options.address)} was started anew without its journal and has forgotten it. Submit it again`,
      EXIT_CODES.jobFailed,
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
