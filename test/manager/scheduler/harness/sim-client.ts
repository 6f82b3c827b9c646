import type { JobEvent, JobReport, JobStatus } from '../../../../src/protocol/job-report.ts';
import type { ErrorMessage, ManagerReply } from '../../../../src/protocol/manager-replies.ts';
import type {
  ConnectionId,
  ManagerEvent,
  ScheduledClientMessage,
} from '../../../../src/manager/scheduler/events.ts';
import { type Submission, specOf } from './plans.ts';

/** Wall clock at virtual time 0. */
export const WALL_MS = 1_700_000_000_000;

/** A client's connection: says something, and keeps what it is answered. */
export class SimClient {
  readonly id: ConnectionId;
  readonly replies: ManagerReply[] = [];
  /** The Manager closed the connection. */
  closed = false;
  readonly #step: (event: ManagerEvent) => void;
  readonly #nowMs: () => number;

  constructor(id: ConnectionId, step: (event: ManagerEvent) => void, nowMs: () => number) {
    this.id = id;
    this.#step = step;
    this.#nowMs = nowMs;
  }

  say(message: ScheduledClientMessage): this {
    const wallMs = WALL_MS + this.#nowMs();
    this.#step({ type: 'client_message', client: this.id, message, wallMs });
    return this;
  }

  /** Submits a word count; see {@link specOf} for what is filled in. */
  submit(submission: Submission = {}): this {
    return this.say({ message_type: 'new_manager_job', ...specOf(submission) });
  }

  watch(job: string | null = null, from?: number): this {
    const message = { message_type: 'watch_job', job } as const;
    return this.say(from === undefined ? message : { ...message, from });
  }

  cancel(job: string | null = null): this {
    return this.say({ message_type: 'cancel_job', job, cancelled_by: 'ann@example' });
  }

  /** Half-closes, as `nc -N` does. */
  end(): this {
    this.#step({ type: 'client_ended', client: this.id });
    return this;
  }

  /** Goes away without a word. */
  leave(): this {
    this.#step({ type: 'client_closed', client: this.id });
    return this;
  }

  /** All replies of a type. */
  all<T extends ManagerReply['message_type']>(
    type: T,
  ): readonly Extract<ManagerReply, { message_type: T }>[] {
    return this.replies.filter(
      (reply): reply is Extract<ManagerReply, { message_type: T }> => reply.message_type === type,
    );
  }

  /** The last reply of a type. */
  last<T extends ManagerReply['message_type']>(
    type: T,
  ): Extract<ManagerReply, { message_type: T }> | undefined {
    return this.all(type).at(-1);
  }

  /** Kept events of the job that it watches, without snapshots of progress. */
  get events(): readonly JobEvent[] {
    return this.all('job_event')
      .map((reply) => reply.event)
      .filter((event) => event.kind !== 'progress' && event.kind !== 'queued_behind');
  }

  eventsOf<K extends JobEvent['kind']>(kind: K): readonly Extract<JobEvent, { kind: K }>[] {
    return this.all('job_event')
      .map((reply) => reply.event)
      .filter((event): event is Extract<JobEvent, { kind: K }> => event.kind === kind);
  }

  /** The report of the job that ended last for this client. */
  get report(): JobReport | undefined {
    return this.last('job_finished')?.report;
  }

  get error(): ErrorMessage | undefined {
    return this.last('error');
  }

  /** Asks for a job's status. */
  status(job: string | null = null): JobStatus {
    this.say({ message_type: 'job_status', job });
    const reply = this.last('job');
    if (!reply) throw new Error(`no status: ${JSON.stringify(this.replies.at(-1))}`);
    return reply.status;
  }
}
