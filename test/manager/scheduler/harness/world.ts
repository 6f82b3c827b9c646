import type { Context, SchedulerOptions } from '../../../../src/manager/scheduler/context.ts';
import type { ManagerCommand } from '../../../../src/manager/scheduler/commands.ts';
import type { ConnectionId, ManagerEvent } from '../../../../src/manager/scheduler/events.ts';
import type { JournalRecord } from '../../../../src/manager/scheduler/records.ts';
import { checkInvariants } from '../../../../src/manager/scheduler/invariants.ts';
import type { Job } from '../../../../src/manager/scheduler/job.ts';
import { Scheduler } from '../../../../src/manager/scheduler/scheduler.ts';
import type { Behaviour } from './behaviour.ts';
import { Disk } from './disk.ts';
import { OPTIONS, STEPS_AT_ONE_MOMENT_MAX, TICKS_AT_ONE_MOMENT_MAX } from './options.ts';
import type { Link, Surroundings } from './link.ts';
import { Monitor, valid } from './monitor.ts';
import type { Submission } from './plans.ts';
import { Records } from './records.ts';
import { SimClient, WALL_MS } from './sim-client.ts';
import { SimWorker } from './sim-worker.ts';
import { Timeline } from './timeline.ts';
import { type RecordedStep, traceOf } from './trace.ts';

interface WorldOptions extends Partial<SchedulerOptions> {
  /** How long a message or an answer of storage takes; 0 when left out. */
  readonly latencyMs?: () => number;
  /** For many worlds whose ends alone are looked at: nothing is checked after each step. */
  readonly unchecked?: boolean;
}

/**
 * A cluster in virtual time around one Scheduler: storage that answers, Workers and clients that
 * speak. Checks invariants after every step, and keeps every step for replay and as a trace.
 */
export class World {
  readonly timeline = new Timeline();
  scheduler: Scheduler;
  options: SchedulerOptions;
  readonly disk: Disk;
  /** Of the present Manager. */
  steps: RecordedStep[] = [];
  readonly journal: Records;
  readonly workers: SimWorker[] = [];
  exitCode: number | undefined;
  /** The Manager was killed and its successor has not come. */
  isDown = false;
  /** Connections below it were an earlier Manager's, which nobody hears any more. */
  #firstConnection = 1;
  #life = 1;
  /** Events that wait while the Manager's process stands still; undefined while it runs. */
  #unread: ManagerEvent[] | undefined;
  readonly #monitor = new Monitor();
  readonly #latencyMs: () => number;
  readonly #unchecked: boolean;
  readonly #links = new Map<ConnectionId, { link: Link; worker: string }>();
  readonly #clients = new Map<ConnectionId, SimClient>();
  readonly #answerAtMs = new Map<string, number>();
  #nextConnection = 1;
  #stepsAt = { nowMs: 0, steps: 0 };

  constructor(options: WorldOptions = {}) {
    const { latencyMs, unchecked = false, ...rest } = options;
    this.#unchecked = unchecked;
    this.options = { ...OPTIONS, ...rest };
    this.scheduler = new Scheduler(this.options);
    this.#latencyMs = latencyMs ?? (() => 0);
    this.disk = new Disk((event) => this.#answer(event));
    this.journal = new Records((record) => this.#monitor.noteRecord(record));
  }

  get nowMs(): number {
    return this.timeline.nowMs;
  }

  get state(): Context {
    return this.scheduler.state;
  }

  job(id = 1): Job {
    const job = this.state.jobs.get(id);
    if (!job) throw new Error(`there is no job ${String(id)}`);
    return job;
  }

  /** A Worker that connects now; it takes tasks once what is due has been done. */
  worker(id: string, behaviour: Partial<Behaviour> = {}): SimWorker {
    let name = id;
    const surroundings: Surroundings = {
      timeline: this.timeline,
      manager: (event) => this.step(event),
      latencyMs: this.#latencyMs,
      open: (link) => {
        const connection = this.#nextConnection;
        this.#nextConnection += 1;
        this.#links.set(connection, { link, worker: name });
        return connection;
      },
    };
    const worker = new SimWorker(id, behaviour, surroundings);
    name = worker.id;
    this.workers.push(worker);
    worker.connect();
    return worker;
  }

  client(): SimClient {
    const id = this.#nextConnection;
    this.#nextConnection += 1;
    const client = new SimClient(
      id,
      (event) => this.step(event),
      () => this.nowMs,
    );
    this.#clients.set(id, client);
    return client;
  }

  /** A client that submits a job and watches it to its end. */
  submit(submission: Submission = {}): SimClient {
    const client = this.client().submit(submission);
    this.runUntil(() => client.replies.length > 0);
    this.settle();
    const accepted = client.last('job_accepted');
    return accepted ? client.watch(accepted.job) : client;
  }

  /** One event for the Manager, now. */
  step(event: ManagerEvent): readonly ManagerCommand[] {
    if (this.exitCode !== undefined || this.isDown || this.#isOfThePast(event)) return [];
    if (this.#unread) {
      this.#unread.push(event);
      return [];
    }
    if (!this.#unchecked) this.#checkEvent(event);
    this.#countStep();
    if (event.type === 'recorded') this.journal.told += 1;
    const commands = this.scheduler.step(event, this.nowMs);
    this.steps.push({ event, nowMs: this.nowMs, commands });
    if (!this.#unchecked) {
      this.#monitor.check(event, commands, this.state);
      checkInvariants(this.state);
    }
    for (const command of commands) this.#perform(command);
    return commands;
  }

  #checkEvent(event: ManagerEvent): void {
    if (event.type === 'worker_message') valid('from_worker', event.message);
    if (event.type === 'client_message') valid('from_client', event.message);
  }

  /** Does all that is due now. */
  settle(): void {
    this.run(0);
  }

  /** Lets time pass. */
  run(forMs: number): void {
    const endMs = this.nowMs + forMs;
    while (this.#advance(endMs));
    this.timeline.nowMs = Math.max(this.nowMs, endMs);
  }

  /** Lets time pass until something holds; an error when it does not in time. */
  runUntil(holds: () => boolean, withinMs = 60_000): void {
    const endMs = this.nowMs + withinMs;
    while (!holds()) {
      if (!this.#advance(endMs)) {
        throw new Error(`not within ${String(withinMs)} ms\n${this.trace().slice(-3000)}`);
      }
    }
  }

  /** Runs until every job has ended. */
  runJobs(withinMs = 60_000): void {
    this.runUntil(() => [...this.state.jobs.values()].every((job) => job.hasEnded), withinMs);
  }

  /** The Manager's process stands still; what the others said meanwhile is read after it. */
  standStill(forMs: number): void {
    if (this.#unread) return;
    const endMs = this.nowMs + forMs;
    const life = this.#life;
    this.#unread = [];
    while ((this.timeline.nextMs ?? endMs + 1) <= endMs) this.timeline.doNext();
    this.timeline.nowMs = endMs;
    // It may have been killed meanwhile.
    if (life !== this.#life) return;
    const unread = this.#unread;
    this.#unread = undefined;
    this.step({ type: 'paused', pauseMs: forMs });
    for (const event of unread) this.step(event);
  }

  /**
   * SIGKILL to the Manager, and another one on the same journal some time later.
   * @param keeps which share of what was written but not yet told is found again
   */
  restart({ downForMs = 500, keeps = 1 } = {}): void {
    this.isDown = true;
    this.#life += 1;
    this.#unread = undefined;
    this.#firstConnection = this.#nextConnection;
    this.disk.forget();
    const records = this.disk.withPlans(this.journal.crash(this.state, keeps));
    for (const { link } of this.#links.values()) link.closeByManager();
    for (const client of this.#clients.values()) client.closed = true;
    this.timeline.after(downForMs, () => this.#start(records));
  }

  #start(records: readonly JournalRecord[]): void {
    this.isDown = false;
    this.options = { ...this.options, epoch: this.options.epoch + 1 };
    this.scheduler = new Scheduler(this.options);
    this.steps = [];
    this.step({ type: 'restore', records, wallMs: WALL_MS + this.nowMs });
  }

  #isOfThePast(event: ManagerEvent): boolean {
    if ('connection' in event) return event.connection < this.#firstConnection;
    return event.type.startsWith('client_') && 'client' in event
      ? event.client < this.#firstConnection
      : false;
  }

  #countStep(): void {
    if (this.#stepsAt.nowMs !== this.nowMs) this.#stepsAt = { nowMs: this.nowMs, steps: 0 };
    this.#stepsAt.steps += 1;
    if (this.#stepsAt.steps <= STEPS_AT_ONE_MOMENT_MAX) return;
    throw new Error(`goes round in circles\n${this.trace().slice(-2000)}`);
  }

  /** Next planned action or deadline of the core up to `endMs`; false when there is none. */
  #advance(endMs: number): boolean {
    const actionMs = this.timeline.nextMs ?? Number.POSITIVE_INFINITY;
    const isUp = this.exitCode === undefined && !this.isDown;
    const deadline = isUp ? this.scheduler.nextDeadlineMs() : undefined;
    const deadlineMs = Math.max(this.nowMs, deadline ?? Number.POSITIVE_INFINITY);
    if (Math.min(actionMs, deadlineMs) > endMs) return false;
    if (actionMs <= deadlineMs) this.timeline.doNext();
    else this.#tick(deadlineMs);
    return true;
  }

  /** A tick at a deadline must move it, or the driver would spin. */
  #tick(deadlineMs: number): void {
    this.timeline.nowMs = deadlineMs;
    for (let ticks = 0; ticks < TICKS_AT_ONE_MOMENT_MAX; ticks += 1) {
      this.step({ type: 'tick' });
      const next = this.scheduler.nextDeadlineMs();
      if (next === undefined || next > this.nowMs) return;
      if ((this.timeline.nextMs ?? Number.POSITIVE_INFINITY) <= this.nowMs) return;
    }
    throw new Error(`the deadline stays at ${String(this.scheduler.nextDeadlineMs())}`);
  }

  /** Answers of one kind stay in order, whatever they take. */
  #answer(event: ManagerEvent): void {
    const atMs = Math.max(this.#answerAtMs.get(event.type) ?? 0, this.nowMs + this.#latencyMs());
    this.#answerAtMs.set(event.type, atMs);
    const life = this.#life;
    this.timeline.at(atMs, () => {
      if (life === this.#life) this.step(event);
    });
  }

  #perform(command: ManagerCommand): void {
    switch (command.type) {
      case 'send_worker':
        return this.#links.get(command.connection)?.link.deliver(command);
      case 'refuse_worker':
        return this.#links.get(command.connection)?.link.refuse(command.code);
      case 'close_worker':
        return this.#links.get(command.connection)?.link.closeByManager();
      case 'send_client':
        this.#clients.get(command.client)?.replies.push(command.message);
        return;
      case 'close_client':
        return this.#closeClient(command.client);
      case 'append':
        this.journal.append(command.record);
        return this.disk.perform(command);
      case 'exit':
        this.exitCode = command.code;
        return;
      default:
        this.disk.perform(command);
    }
  }

  #closeClient(id: ConnectionId): void {
    const client = this.#clients.get(id);
    if (!client) return;
    client.closed = true;
    this.timeline.after(0, () => this.step({ type: 'client_closed', client: id }));
  }

  /** Every event and command so far, one a line; heartbeats and ticks only where they change something. */
  trace(): string {
    const peer = (connection: ConnectionId): string =>
      this.#links.get(connection)?.worker ?? `client ${String(connection)}`;
    return traceOf(this.steps, peer);
  }
}
