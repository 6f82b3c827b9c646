import type { JobReport } from '../../../src/protocol/job-report.ts';
import type { AttemptRef, TaskRef } from '../../../src/protocol/ids.ts';
import { taskName } from '../../../src/protocol/ids.ts';
import type { JobAcceptedRecord, JournalRecord } from '../../../src/manager/scheduler/records.ts';

/** What the records say of one job. */
export interface JobFacts {
  readonly accepted: JobAcceptedRecord;
  /** Valid commits: task → attempt. */
  readonly commits: Map<string, number>;
  /** Attempts that were committed once and must never be again. */
  readonly voided: Set<string>;
  isPublishing: boolean;
  isPublished: boolean;
  /** It failed or was cancelled: nothing goes on, and its commits are of no use any more. */
  isStopping: boolean;
  report: JobReport | undefined;
}

export function taskKey(task: TaskRef): string {
  return `${String(task.job_id)}/${taskName(task)}`;
}

export function keyOf(ref: AttemptRef): string {
  return `${taskKey(ref)}.${String(ref.attempt)}`;
}

/** A name for a record that no other one has: `task_committed 1/map-00002.1`. */
export function recordName(record: JournalRecord): string {
  if ('attempt' in record) return `${record.type} ${keyOf(record.attempt)}`;
  if ('jobId' in record) return `${record.type} of job ${String(record.jobId)}`;
  return record.type;
}

/** The facts that a row of records adds up to: written without a look at the Manager's own code. */
export class Ledger {
  readonly jobs = new Map<number, JobFacts>();
  readonly submissions = new Map<string, number>();
  readonly removed = new Set<number>();

  /** @returns what is wrong with this record after those before it */
  add(record: JournalRecord): string | undefined {
    switch (record.type) {
      case 'job_accepted':
        return this.#accept(record);
      case 'task_committed':
        return this.#commit(record.attempt);
      case 'map_voided':
        return this.#voidMap(record.attempt);
      case 'publishing':
        return this.#change(record.jobId, (job) => {
          job.isPublishing = true;
        });
      case 'published':
        return this.#change(record.jobId, (job) => {
          job.isPublished = true;
        });
      case 'job_stopping':
        return this.#change(record.jobId, (job) => {
          job.isStopping = true;
        });
      case 'job_ended':
        return this.#change(record.jobId, (job) => {
          job.report = record.report;
          job.isPublished ||= record.report.outcome === 'succeeded';
          job.isPublishing ||= job.isPublished;
        });
      case 'job_removed':
        this.jobs.delete(record.jobId);
        this.removed.add(record.jobId);
        return undefined;
      default:
        return undefined;
    }
  }

  copy(): Ledger {
    const copy = new Ledger();
    for (const [jobId, job] of this.jobs) {
      copy.jobs.set(jobId, {
        ...job,
        commits: new Map(job.commits),
        voided: new Set(job.voided),
      });
    }
    for (const [id, jobId] of this.submissions) copy.submissions.set(id, jobId);
    for (const jobId of this.removed) copy.removed.add(jobId);
    return copy;
  }

  /** What this ledger says that another one does not say too. */
  lacksIn(other: Ledger, askedToVoid: ReadonlySet<string>): string | undefined {
    for (const [jobId, job] of this.jobs) {
      const there = other.jobs.get(jobId);
      if (!there && other.removed.has(jobId)) continue;
      const lack = there ? lackOf(job, there, askedToVoid) : 'it is forgotten';
      if (lack !== undefined) return `job ${String(jobId)}: ${lack}`;
    }
    return undefined;
  }

  /** Of jobs that have ended only the report is kept: what their tasks did is taken from before. */
  remember(before: Ledger): void {
    for (const [jobId, job] of this.jobs) {
      const known = before.jobs.get(jobId);
      if (!job.report || !known) continue;
      for (const [task, attempt] of known.commits) job.commits.set(task, attempt);
    }
  }

  committed(ref: TaskRef): number | undefined {
    return this.jobs.get(ref.job_id)?.commits.get(taskKey(ref));
  }

  #accept(record: JobAcceptedRecord): string | undefined {
    const { jobId, spec } = record;
    if (this.jobs.has(jobId)) return `job ${String(jobId)} is accepted twice`;
    this.jobs.set(jobId, {
      accepted: record,
      commits: new Map(),
      voided: new Set(),
      isPublishing: false,
      isPublished: false,
      isStopping: false,
      report: undefined,
    });
    if (spec.submission_id === undefined) return undefined;
    const earlier = this.submissions.get(spec.submission_id);
    this.submissions.set(spec.submission_id, jobId);
    if (earlier === undefined || !this.jobs.has(earlier)) return undefined;
    return `submission ${spec.submission_id} is job ${String(earlier)} and job ${String(jobId)}`;
  }

  #commit(attempt: AttemptRef): string | undefined {
    const job = this.jobs.get(attempt.job_id);
    if (!job) return `${keyOf(attempt)} is committed, its job is not there`;
    if (job.report) return `${keyOf(attempt)} is committed after the end of its job`;
    const task = taskKey(attempt);
    const before = job.commits.get(task);
    if (before !== undefined)
      return `${task} is committed twice: ${String(before)} and ${keyOf(attempt)}`;
    if (job.voided.has(keyOf(attempt))) return `${keyOf(attempt)} was void and is committed again`;
    job.commits.set(task, attempt.attempt);
    return undefined;
  }

  #voidMap(attempt: AttemptRef): string | undefined {
    const job = this.jobs.get(attempt.job_id);
    if (job?.commits.get(taskKey(attempt)) !== attempt.attempt) {
      return `${keyOf(attempt)} is voided and was not committed`;
    }
    job.commits.delete(taskKey(attempt));
    job.voided.add(keyOf(attempt));
    return undefined;
  }

  #change(jobId: number, change: (job: JobFacts) => void): string | undefined {
    const job = this.jobs.get(jobId);
    if (!job) return `a record speaks of job ${String(jobId)}, which is not there`;
    change(job);
    return undefined;
  }
}

/** What of a job's facts another ledger does not have. */
function lackOf(
  job: JobFacts,
  there: JobFacts,
  askedToVoid: ReadonlySet<string>,
): string | undefined {
  if (job.report && there.report?.outcome !== job.report.outcome) return 'its end is forgotten';
  // An ended job is its report.
  if (there.report) return undefined;
  if (job.isPublishing && !there.isPublishing) return 'it was publishing';
  if (job.isPublished && !there.isPublished) return 'it was published';
  // Of one that stops no commit is of use any more.
  if (there.isStopping) return undefined;
  if (job.isStopping) return 'it was stopping';
  return lackingCommit(job, there, askedToVoid);
}

function lackingCommit(
  job: JobFacts,
  there: JobFacts,
  askedToVoid: ReadonlySet<string>,
): string | undefined {
  for (const [task, attempt] of job.commits) {
    const isThere = there.commits.get(task) === attempt;
    if (isThere || askedToVoid.has(`${task}.${String(attempt)}`)) continue;
    return `the commit of ${task}.${String(attempt)} is forgotten`;
  }
  return undefined;
}
