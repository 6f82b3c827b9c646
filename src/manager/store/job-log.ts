import { appendFile } from 'node:fs/promises';
import { attemptName } from '../../protocol/ids.ts';
import { jobDirectory } from '../../protocol/job-layout.ts';
import type { AttemptLogRow } from '../scheduler/commands.ts';

const COLUMNS = [
  'attempt',
  'worker',
  'start',
  'seconds',
  'bytes_in',
  'bytes_out',
  'outcome',
  'detail',
];

/**
 * `joblog.tsv` of each job: a line per attempt that ended, as GNU parallel keeps for its jobs.
 * `start` is seconds since 1970.
 */
export class JobLogs {
  readonly #sharedDirectory: string;
  readonly #mode: number;
  /** The last write of each job under way: rows come in order. */
  readonly #writes = new Map<number, Promise<void>>();
  readonly #begun = new Set<number>();

  constructor(sharedDirectory: string, mode: number) {
    this.#sharedDirectory = sharedDirectory;
    this.#mode = mode;
  }

  append(row: AttemptLogRow): Promise<void> {
    const { job_id: jobId } = row.attempt;
    const fields = [
      attemptName(row.attempt),
      row.workerId,
      (row.startedAtMs / 1000).toFixed(3),
      (row.durationMs / 1000).toFixed(3),
      row.bytesIn,
      row.bytesOut,
      row.outcome,
      row.detail.replace(/[\t\n\r]+/g, ' '),
    ];
    const header = this.#begun.has(jobId) ? '' : `${COLUMNS.join('\t')}\n`;
    this.#begun.add(jobId);
    return this.#write(jobId, `${header}${fields.join('\t')}\n`);
  }

  /** Resolves when all rows of a job are written; the job has ended. */
  async finish(jobId: number): Promise<void> {
    await this.#writes.get(jobId)?.catch(() => undefined);
    this.#writes.delete(jobId);
    this.#begun.delete(jobId);
  }

  #write(jobId: number, text: string): Promise<void> {
    const path = `${jobDirectory(this.#sharedDirectory, jobId)}/joblog.tsv`;
    const before = this.#writes.get(jobId) ?? Promise.resolve();
    const write = before
      .catch(() => undefined)
      .then(() => appendFile(path, text, { mode: this.#mode }));
    this.#writes.set(jobId, write);
    return write;
  }
}
