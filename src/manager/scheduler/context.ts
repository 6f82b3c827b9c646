import type { NewManagerJob } from '../../protocol/client-messages.ts';
import type { JobEvent } from '../../protocol/job-report.ts';
import type { ManagerOrder } from '../../protocol/manager-orders.ts';
import type { ManagerReply } from '../../protocol/manager-replies.ts';
import { Agenda } from './agenda.ts';
import type { ManagerCommand } from './commands.ts';
import { watchWorker } from './deadlines.ts';
import type { ConnectionId } from './events.ts';
import type { Job } from './job.ts';
import { Servers } from './servers.ts';
import type { Attempt } from './task.ts';
import type { CommonPart, OwnPart, Unnumbered } from './task-order.ts';
import type { WorkerRecord } from './worker.ts';

/** What a Manager is started with, as far as decisions depend on it. */
export interface SchedulerOptions {
  /** One life of a Manager; grows with every start. */
  readonly epoch: number;
  /** Numbers below it belong to jobs of earlier Managers here. */
  readonly firstJobId?: number;
  readonly clusterId: string;
  /** What Workers must find in the shared directory. */
  readonly token: string;
  readonly sharedDirectory: string;
  /** Jobs outlive this Manager: there is a journal on disk. */
  readonly durable?: boolean;
  readonly heartbeatIntervalMs: number;
  /** How long failed and cancelled jobs keep their intermediate data. */
  readonly keepFailedMs: number;
  /** How many ended jobs are remembered. */
  readonly keepJobs: number;
  /** And for how long. */
  readonly keepJobsMs: number;
  /** `127.0.0.1:6000`, for sentences. */
  readonly address: string;
}

/** A submission that is being checked and planned. */
export interface PendingRequest {
  readonly message: NewManagerJob;
  readonly wallMs: number;
  /** Who waits for the answer; the same `submission_id` twice makes two. */
  readonly clients: ConnectionId[];
}

/** A connected client. */
export interface ClientState {
  /** Answers that it waits for. */
  pending: number;
  readonly watching: Set<number>;
  /** It sends no more: close when nothing is owed. */
  ended: boolean;
}

/**
 * The scheduler's state and its outbox, handed to the functions that work on it. Nothing here
 * knows sockets, files or clocks; `nowMs` is the time of the step under way.
 */
export class Context {
  readonly options: SchedulerOptions;
  nowMs = 0;
  /** By id; insertion order is order of acceptance. */
  readonly jobs = new Map<number, Job>();
  /** By worker id, in order of registration. */
  readonly workers = new Map<string, WorkerRecord>();
  readonly workerByConnection = new Map<ConnectionId, WorkerRecord>();
  /** Those that can be given tasks now. */
  readonly servers = new Servers();
  /** When each Worker and each job has to be looked at again. */
  readonly workerAgenda = new Agenda<WorkerRecord>();
  readonly jobAgenda = new Agenda<Job>();
  /** Attempts that were asked back and have neither come back nor begun. */
  readonly recalls = new Set<Attempt>();
  /**
   * Worker came, went or changed, or a job began: whether anybody is left for each job has to be
   * looked at. Messages about tasks change none of that.
   */
  reviewDue = false;
  /** A Worker gets less than before: what waits ahead may be in the wrong hands. */
  strandedDue = false;
  /** Some Worker has failed a job too often: others that come may take its place there. */
  someAreAvoided = false;
  readonly clients = new Map<ConnectionId, ClientState>();
  readonly requests = new Map<number, PendingRequest>();
  /** `submission_id` → job id, for jobs that have one. */
  readonly submissions = new Map<string, number>();
  nextJobId: number;
  /** Jobs below it are older than the journal. */
  firstJobId: number;
  nextRequest = 1;
  nextWorkerOrder = 0;
  /** After a pause of this process: until when it takes in what Workers have done meanwhile. */
  catchingUpUntilMs = 0;
  /** Messages of the past that were ignored. */
  staleMessages = 0;
  /** How little room the shared directory has, when that is too little to hand out tasks. */
  noRoom: string | undefined;
  /** Set when the Manager ends: until when it waits for Workers and jobs. */
  stopping: { readonly deadlineMs: number; readonly endWorkers: boolean } | undefined;
  exited = false;
  #commands: ManagerCommand[] = [];
  #runningJobs: Job[] = [];

  constructor(options: SchedulerOptions) {
    this.options = options;
    this.nextJobId = options.firstJobId ?? 1;
    this.firstJobId = this.nextJobId;
  }

  emit(command: ManagerCommand): void {
    this.#commands.push(command);
  }

  /** Hands over the outbox of this step. */
  takeCommands(): readonly ManagerCommand[] {
    const commands = this.#commands;
    this.#commands = [];
    return commands;
  }

  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void {
    this.emit({ type: 'log', level, message });
  }

  reply(client: ConnectionId, message: ManagerReply): void {
    this.emit({ type: 'send_client', client, message, droppable: false });
  }

  /** Sends an order on the Worker's connection; without one it is dropped, registration mends it. */
  order(worker: WorkerRecord, body: Unnumbered<ManagerOrder>): void {
    const { connection } = worker;
    if (connection === undefined) return;
    const order = worker.number(body, this.options.epoch, this.nowMs);
    this.emit({ type: 'send_worker', connection, order, common: undefined });
    watchWorker(this, worker);
  }

  /**
   * Sends the order for an attempt, in two parts.
   * @returns its number; 0 when it was dropped
   */
  orderTask(worker: WorkerRecord, own: Unnumbered<OwnPart>, common: CommonPart): number {
    const { connection } = worker;
    if (connection === undefined) return 0;
    const order = worker.number(own, this.options.epoch, this.nowMs);
    this.emit({ type: 'send_worker', connection, order, common });
    watchWorker(this, worker);
    return order.number;
  }

  /** Keeps a job's event and tells everybody who watches. */
  tell(job: Job, event: JobEvent): void {
    const number = job.keepEvent(event);
    for (const client of job.watchers) {
      this.reply(client, { message_type: 'job_event', job_id: job.id, number, event });
    }
  }

  /** Attempt numbers of an epoch never meet those of another, even if the journal lost its tail. */
  get firstAttempt(): number {
    return ATTEMPTS_PER_EPOCH * (this.options.epoch - 1) + 1;
  }

  /** Jobs that want slots, in the order to serve them: priority, then arrival. */
  runningJobs(): readonly Job[] {
    if (!this.#runningJobs.every((job) => job.isRunning)) {
      this.#runningJobs = this.#runningJobs.filter((job) => job.isRunning);
    }
    return this.#runningJobs;
  }

  /** A job runs from now. */
  addRunning(job: Job): void {
    this.#runningJobs = [...this.runningJobs(), job].toSorted(
      (a, b) => b.priority - a.priority || a.id - b.id,
    );
    this.reviewDue = true;
  }

  /** Told by each Worker of every change that decides what it can be given. */
  readonly workerChanged = (worker: WorkerRecord): void => {
    if (!this.servers.update(worker, this.nowMs)) return;
    this.reviewDue = true;
    if (this.someAreAvoided) this.strandedDue = true;
  };
}

const ATTEMPTS_PER_EPOCH = 1000;
