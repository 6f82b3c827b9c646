import type { ClientMessage } from '../../src/protocol/client-messages.ts';
import type { JobReport } from '../../src/protocol/job-report.ts';
import type { JobScript } from './job-script.ts';
import type { Host, SocketOwner } from './network.ts';
import type { FromManager } from './sim-manager.ts';
import { SimProcess } from './sim-process.ts';
import type { Cluster, WorkerSocket } from './sim-worker.ts';
import type { Surroundings } from './surroundings.ts';

const RECONNECT_MS = 700;
/** Whoever hears nothing for so long connects anew. */
const PATIENCE_MS = 20_000;

/** A client that submits one job, watches it to its end, and comes back whatever happens between. */
export class SimClient implements SocketOwner {
  readonly host: Host;
  readonly process: SimProcess;
  readonly script: JobScript;
  jobId: number | undefined;
  report: JobReport | undefined;
  /** Why the job was not taken. */
  refusal: string | undefined;
  readonly #world: Surroundings;
  readonly #cluster: Cluster;
  #socket: WorkerSocket | undefined;
  #isConnecting = false;
  #lastEvent = 0;
  #heardMs = 0;

  constructor(world: Surroundings, cluster: Cluster, script: JobScript) {
    this.#world = world;
    this.#cluster = cluster;
    this.script = script;
    this.host = `client-${script.id}`;
    this.process = new SimProcess(world.timeline);
  }

  get isDone(): boolean {
    return this.report !== undefined || this.refusal !== undefined;
  }

  begin(): void {
    this.#connect();
    this.#look();
  }

  cancel(): void {
    if (this.jobId === undefined || this.isDone) return;
    this.#socket?.send({
      message_type: 'cancel_job',
      job: String(this.jobId),
      cancelled_by: 'ann',
    });
  }

  /** Asks again over the same connection: a second submission is the same job. */
  repeat(): void {
    if (this.isDone) return;
    this.#socket?.send(this.script.message);
  }

  resetConnection(): boolean {
    if (this.#socket?.isOpen !== true) return false;
    this.#socket.reset();
    return true;
  }

  #look(): void {
    this.process.setTimer(PATIENCE_MS, () => {
      if (this.isDone) return;
      if (this.#world.timeline.nowMs - this.#heardMs > PATIENCE_MS) this.#hangUp();
      this.#look();
    });
  }

  #hangUp(): void {
    this.#socket?.close('the client is tired of waiting');
    this.#socket = undefined;
    this.#isConnecting = false;
    this.#connect();
  }

  #connect(): void {
    if (this.#isConnecting || this.#socket || this.isDone) return;
    this.#isConnecting = true;
    this.#heardMs = this.#world.timeline.nowMs;
    this.#cluster.connect(this, (socket) => this.#connected(socket));
  }

  #connected(socket: WorkerSocket | undefined): void {
    this.#isConnecting = false;
    if (!socket) return this.#connectLater();
    if (this.#socket || this.isDone) return socket.close('not needed any more');
    this.#socket = socket;
    socket.listen({
      receive: (message) => this.#receive(message),
      closed: () => {
        if (this.#socket !== socket) return;
        this.#socket = undefined;
        this.#connectLater();
      },
    });
    this.#send(this.jobId === undefined ? this.script.message : this.#watchMessage(this.jobId));
  }

  #connectLater(): void {
    this.process.setTimer(this.#world.dice.whole(1, RECONNECT_MS), () => this.#connect());
  }

  #watchMessage(jobId: number): ClientMessage {
    return { message_type: 'watch_job', job: String(jobId), from: this.#lastEvent };
  }

  #send(message: ClientMessage): void {
    this.#socket?.send(message);
  }

  #refused(why: string): void {
    this.refusal = why;
    this.#world.audit.refused(this.script, why);
  }

  #receive(message: FromManager): void {
    this.#heardMs = this.#world.timeline.nowMs;
    switch (message.message_type) {
      case 'job_accepted':
        this.#world.audit.accepted(this.script, message.job_id, this.jobId);
        if (this.jobId === undefined) this.#send(this.#watchMessage(message.job_id));
        this.jobId = message.job_id;
        return;
      case 'job_event':
        if (message.event.kind !== 'progress') this.#lastEvent = message.number;
        return;
      case 'job_finished':
        this.report ??= message.report;
        this.#world.audit.finished(this.script, message.report);
        this.#socket?.close('done');
        this.#socket = undefined;
        return;
      case 'error':
        if (message.code === 'stopping') return;
        if (this.jobId !== undefined) this.#world.audit.forgotten(this.script, message.message);
        else if (message.code === 'refused') this.#refused(message.message);
        return;
      default:
    }
  }
}
