import type { ManagerCommand } from '../../../src/manager/scheduler/commands.ts';
import type { ConnectionId, ManagerEvent } from '../../../src/manager/scheduler/events.ts';
import type { JournalRecord } from '../../../src/manager/scheduler/records.ts';
import type { AttemptRef } from '../../../src/protocol/ids.ts';
import type { JobReport } from '../../../src/protocol/job-report.ts';
import type { ManagerOrder } from '../../../src/protocol/manager-orders.ts';
import type { ManagerReply } from '../../../src/protocol/manager-replies.ts';
import type { TaskOrderMessage, TaskResult } from '../../../src/worker/tasks/task-result.ts';
import { placeOf } from '../bad-lines.ts';
import type { JobScript } from '../job-script.ts';
import type { SimWorker } from '../sim-worker.ts';
import type { SimDisk } from '../sim-disk.ts';
import { SHARED } from '../surroundings.ts';
import { DurableJournal } from './durable-journal.ts';
import { keyOf } from './ledger.ts';
import { OnceCheck } from './once-check.ts';
import { OrderCheck } from './order-check.ts';
import { OutputCheck } from './output-check.ts';
import { SlotCheck } from './slot-check.ts';
import { SilenceCheck } from './silence-check.ts';
import { type InvariantName, Violation } from './violation.ts';

/**
 * Watches one simulation from outside: what goes over the wire, what is on the disk, what slots
 * run. Never asks a core. The first violation is kept.
 */
export class Audit {
  violation: Violation | undefined;
  /** A Manager was started while another one lived. */
  wasTakenOver = false;
  /** A core that stops itself is a crash like any other, where that is what is tested. */
  readonly #assertionsAreCrashes: boolean;
  readonly journal: DurableJournal;
  readonly slots: SlotCheck;
  readonly output: OutputCheck;
  readonly #orders: OrderCheck;
  readonly #once: OnceCheck;
  /** By epochs: there may be two Managers for a while. */
  readonly #silence = new Map<number, SilenceCheck>();
  readonly #nowMs: () => number;

  constructor(around: {
    readonly disk: SimDisk;
    readonly nowMs: () => number;
    readonly scripts: ReadonlyMap<string, JobScript>;
    readonly assertionsAreCrashes: boolean;
    /** The disk may refuse to read what is there. */
    readonly readsMayFail: boolean;
  }) {
    this.#assertionsAreCrashes = around.assertionsAreCrashes;
    const tell = (name: InvariantName, message: string): void => this.broken(name, message);
    this.journal = new DurableJournal(tell);
    this.slots = new SlotCheck(tell);
    this.output = new OutputCheck(around, this.journal, tell);
    this.#orders = new OrderCheck(around, this.journal, tell);
    this.#once = new OnceCheck(tell);
    this.#nowMs = around.nowMs;
    around.disk.onSynced = (path, node) => {
      if (path === JOURNAL) this.journal.namesSynced();
      else if (path.startsWith(JOURNAL) && node.kind === 'file') this.journal.synced(node);
    };
    around.disk.onChange = (path) => {
      this.output.changed(path);
      if (!around.disk.find(path)) this.#gone(path);
      const node = path.startsWith(`${JOURNAL}/epoch-`) ? around.disk.find(path) : undefined;
      if (node?.kind === 'file') this.journal.named(node, epochOf(path));
    };
  }

  broken(name: InvariantName | 'assertion', message: string): void {
    this.violation ??= new Violation(name, message);
  }

  assertion(error: unknown): void {
    if (this.#assertionsAreCrashes) return;
    this.broken(
      'assertion',
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
  }

  /** What attempts have written may go when no Manager that comes will go on with the job. */
  #gone(path: string): void {
    for (const [jobId, job] of this.journal.durable.jobs) {
      const { accepted, isStopping, isPublished, report } = job;
      if (accepted.place.stagingDirectory !== path) continue;
      if (isStopping || isPublished || report) continue;
      this.broken('I8', `"${path}" is removed, and job ${String(jobId)} goes on in the journal`);
    }
  }

  /** A Manager begins with what the journal says. */
  managerBegins(epoch: number): void {
    this.journal.begin(epoch);
    const tell = (name: InvariantName, message: string): void => this.broken(name, message);
    this.#silence.set(epoch, new SilenceCheck(this.#nowMs, tell));
  }

  managerStep(epoch: number, event: ManagerEvent, commands: readonly ManagerCommand[]): void {
    this.#silence.get(epoch)?.heard(epoch, event);
    this.#once.heard(event);
    if (event.type === 'recorded') this.journal.told(epoch, event.record);
    if (commands.length > COMMANDS_PER_STEP_MAX) {
      this.broken('I9', `${String(commands.length)} commands at once`);
    }
  }

  ordered(epoch: number, connection: ConnectionId, order: ManagerOrder): void {
    this.#orders.ordered(epoch, order);
    this.#once.ordered(order);
    this.#silence.get(epoch)?.ordered(connection, order);
  }

  appended(epoch: number, record: JournalRecord): void {
    if (record.type === 'map_voided') this.journal.askedToVoid.add(keyOf(record.attempt));
    this.#orders.appended(epoch, record);
  }

  replied(epoch: number, reply: ManagerReply): void {
    if (reply.message_type === 'workers') this.#silence.get(epoch)?.listed(reply.workers);
    if (reply.message_type === 'job_accepted') this.#mustKnow(reply.job_id);
    if (reply.message_type !== 'job_finished') return;
    const job = this.journal.durable.jobs.get(reply.job_id);
    if (!job?.report)
      this.broken('I8', `job ${String(reply.job_id)} is said to have ended too early`);
  }

  #mustKnow(jobId: number): void {
    if (this.journal.durable.jobs.has(jobId)) return;
    this.broken('I8', `job ${String(jobId)} is said to be accepted and is not in the journal`);
  }

  slotBegins(worker: SimWorker, slot: number, order: TaskOrderMessage): void {
    this.slots.begins(worker, slot, order);
    this.#once.begins(order);
  }

  slotEnds(worker: SimWorker, order: TaskOrderMessage, result: TaskResult): void {
    this.slots.ends(worker, order, result);
  }

  workerKilledBy(ref: AttemptRef): void {
    this.slots.killed(ref);
  }

  programFailed(ref: AttemptRef): void {
    this.slots.failed(ref);
  }

  /** A client hears that its job is accepted. */
  accepted(script: JobScript, jobId: number, before: number | undefined): void {
    if (before !== undefined && before !== jobId) {
      this.broken('I2', `${script.id} is job ${String(before)} and job ${String(jobId)}`);
    }
  }

  /** A client that was told of its job hears an error. */
  forgotten(script: JobScript, message: string): void {
    this.broken('I8', `${script.id} was accepted, and now: ${message}`);
  }

  /**
   * A client hears that its job is not taken: never because its number was used before. Only a Manager
   * that does not know yet that there is another one may have used it.
   */
  refused(script: JobScript, why: string): void {
    if (this.wasTakenOver || !why.includes(`EEXIST: ${SHARED}/jobs/`)) return;
    this.broken('I6', `${script.id} meets what another job left: ${why}`);
  }

  /** A client hears how its job ended. */
  finished(script: JobScript, report: JobReport): void {
    this.slots.judgeEnd(script, report);
    if (report.outcome !== 'succeeded') return;
    const { job_id } = report;
    if (this.journal.durable.jobs.get(job_id)?.isPublished !== true) {
      this.broken('I5', `${script.id} succeeded and is not recorded as published`);
    }
    this.output.mustBeWhole(script);
    this.#mustHaveFound(script, report);
    const commits = this.journal.durable.jobs.get(job_id)?.commits ?? new Map<string, number>();
    for (const [task, attempt] of commits) {
      if (this.slots.hasFinished(`${task}.${String(attempt)}`)) continue;
      this.broken('I1', `${task}.${String(attempt)} is committed and never finished anywhere`);
    }
    if (commits.size === 0 && script.maps > 0) {
      this.broken('I1', `${script.id} succeeded without a commit`);
    }
  }

  /** Exactly the lines that the mapper cannot take are reported as left out. */
  #mustHaveFound({ id, badLines }: JobScript, { bad_records: told }: JobReport): void {
    const found = told?.found.map(({ path, offset }) => `${path} ${String(offset)}`) ?? [];
    const bad = badLines?.lines.map((line) => placeOf(badLines.map, line)) ?? [];
    const expected = bad.map(({ path, offset }) => `${path} ${String(offset)}`);
    if (found.join() === expected.join()) return;
    this.broken('I3', `${id} left out ${found.join(', ')} instead of ${expected.join(', ')}`);
  }

  /** No fault that costs an attempt has happened. */
  mustHaveRunOnce(): void {
    this.#once.mustHaveRunOnce();
  }
}

const JOURNAL = `${SHARED}/journal`;
const COMMANDS_PER_STEP_MAX = 400;

function epochOf(path: string): number {
  return Number(/epoch-(\d+)/.exec(path)?.[1]);
}
