import type { JournalRecord } from '../../../src/manager/scheduler/records.ts';
import type { AttemptRef } from '../../../src/protocol/ids.ts';
import { jobDirectory, runPath } from '../../../src/protocol/job-layout.ts';
import { readRun } from '../job-script.ts';
import { SHARED } from '../surroundings.ts';
import { JOB_DEFAULTS } from '../../../src/protocol/job-spec.ts';
import type {
  ManagerOrder,
  ManifestEntry,
  NewReduceTask,
} from '../../../src/protocol/manager-orders.ts';
import type { TaskOrderMessage } from '../../../src/worker/tasks/task-result.ts';
import type { SimDisk } from '../sim-disk.ts';
import type { DurableJournal } from './durable-journal.ts';
import { type JobFacts, keyOf, taskKey } from './ledger.ts';
import type { InvariantName } from './violation.ts';

type Tell = (name: InvariantName, message: string) => void;

interface Said {
  /** Ended without a commit: never to be heard of again. */
  readonly ended: Set<string>;
  readonly charged: Map<string, number>;
  readonly lost: Map<string, number>;
}

/** Checks what the Manager orders against what the journal says at that moment. */
export class OrderCheck {
  readonly #disk: SimDisk;
  readonly #readsMayFail: boolean;
  readonly #journal: DurableJournal;
  readonly #tell: Tell;
  /** Every attempt that was ever sent out, over all Managers. */
  readonly #dispatched = new Set<string>();
  /** What the Manager of each epoch said: what did not get onto the disk is as if it had not been. */
  readonly #said = new Map<number, Said>();

  constructor(
    around: { readonly disk: SimDisk; readonly readsMayFail: boolean },
    journal: DurableJournal,
    tell: Tell,
  ) {
    this.#disk = around.disk;
    this.#readsMayFail = around.readsMayFail;
    this.#journal = journal;
    this.#tell = tell;
  }

  ordered(epoch: number, order: ManagerOrder): void {
    switch (order.message_type) {
      case 'new_map_task':
      case 'new_reduce_task':
        return this.#taskOrdered(epoch, order);
      case 'settled':
        if (order.outcome === 'committed') this.#settled(epoch, order);
        return;
      default:
    }
  }

  appended(epoch: number, record: JournalRecord): void {
    if (record.type === 'attempt_ended') return this.#attemptEnded(epoch, record);
    if (record.type === 'map_voided') return this.#voided(record.attempt);
    if (record.type !== 'task_committed') return;
    const key = keyOf(record.attempt);
    if (this.#saidBy(epoch).ended.has(key)) this.#tell('I6', `${key} had ended and is committed`);
    if (!this.#dispatched.has(key)) this.#tell('I6', `${key} was never sent out and is committed`);
  }

  #taskOrdered(epoch: number, order: TaskOrderMessage): void {
    const key = keyOf(order);
    const known = this.#journal.knownTo(epoch);
    const said = this.#saidBy(epoch);
    const job = known.jobs.get(order.job_id);
    if (this.#dispatched.has(key)) this.#tell('I2', `${key} is sent out twice`);
    this.#dispatched.add(key);
    if (!job) return this.#tell('I8', `${key} is sent out, its job is not in the journal`);
    const commit = known.committed(order);
    if (commit !== undefined) {
      this.#tell('I2', `${key} is sent out, ${String(commit)} is committed`);
    }
    if (job.report || job.isPublishing) this.#tell('I11', `${key} is sent out after its job`);
    this.#withinLimits(said, order, job);
    if (order.message_type === 'new_reduce_task') this.#reduceOrdered(job, order);
  }

  #withinLimits(said: Said, order: TaskOrderMessage, job: JobFacts): void {
    const key = keyOf(order);
    const { max_attempts, skip_bad_records = 0 } = job.accepted.spec;
    const charged = said.charged.get(taskKey(order)) ?? 0;
    const limit = max_attempts ?? JOB_DEFAULTS.maxAttempts;
    // Attempts that look for bad records are not counted.
    const isSearching = order.stage === 'map' && skip_bad_records > 0;
    if (charged >= limit && !isSearching) {
      this.#tell('I11', `${key} is sent out after ${String(charged)} failures`);
    }
    const lost = said.lost.get(taskKey(order)) ?? 0;
    if (lost >= JOB_DEFAULTS.maxLostAttempts) {
      this.#tell('I11', `${key} is sent out after ${String(lost)} losses`);
    }
  }

  /** Every map is committed, and the manifest names exactly those commits. */
  #reduceOrdered(job: JobFacts, order: NewReduceTask): void {
    const commits = [...job.commits].filter(([task]) => task.includes('/map-'));
    const maps = job.accepted.plan.summary.maps;
    if (commits.length !== maps) {
      const counts = `${String(commits.length)} of ${String(maps)} maps committed`;
      return this.#tell('I4', `${keyOf(order)} is sent out with ${counts}`);
    }
    const node = this.#disk.find(order.manifest_path);
    if (node?.kind !== 'file') return;
    const entries = JSON.parse(node.content.toString()) as readonly ManifestEntry[];
    for (const { map_index, attempt } of entries) {
      const ref = { job_id: order.job_id, stage: 'map', task_index: map_index } as const;
      if (job.commits.get(taskKey(ref)) === attempt) continue;
      this.#tell('I4', `${keyOf(order)} is to read ${taskKey(ref)}.${String(attempt)}`);
    }
    if (entries.length !== maps) this.#tell('I4', `${keyOf(order)} has not every run`);
  }

  #settled(epoch: number, ref: AttemptRef): void {
    const known = this.#journal.knownTo(epoch);
    const job = known.jobs.get(ref.job_id);
    const commit = known.committed(ref);
    if (!job || job.report || commit === ref.attempt) return;
    this.#tell('I2', `${keyOf(ref)} is told it is committed, ${String(commit)} is`);
  }

  /** Only a run that is damaged costs a map its commit. */
  #voided(ref: AttemptRef): void {
    const path = runPath(jobDirectory(SHARED, ref.job_id), ref.task_index, ref.attempt);
    const node = this.#disk.find(path);
    // What the Manager itself could not read counts as damaged.
    if (node?.kind !== 'file' || this.#readsMayFail) return;
    const found = readRun(node.content.toString(), ref.task_index, 0);
    if (typeof found !== 'string') this.#tell('I2', `${keyOf(ref)} is voided and its run is sound`);
  }

  #attemptEnded(epoch: number, record: Extract<JournalRecord, { type: 'attempt_ended' }>): void {
    const { attempt, outcome } = record;
    const { ended, charged, lost } = this.#saidBy(epoch);
    const key = keyOf(attempt);
    if (ended.has(key)) this.#tell('I6', `${key} ends twice`);
    ended.add(key);
    const counts = outcome === 'failed' ? charged : lost;
    if (outcome !== 'failed' && outcome !== 'lost') return;
    counts.set(taskKey(attempt), (counts.get(taskKey(attempt)) ?? 0) + 1);
  }

  #saidBy(epoch: number): Said {
    const said = this.#said.get(epoch) ?? { ended: new Set(), charged: new Map(), lost: new Map() };
    this.#said.set(epoch, said);
    return said;
  }
}
