import { appendFile, stat } from 'node:fs/promises';
import { attemptName } from '../../protocol/ids.ts';
import { jobDirectory } from '../../protocol/job-layout.ts';
import { errorCode } from '../../runtime/system-error.ts';
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

/** The rows of one job. */
interface Book {
  /** What is to be written next; undefined when no write is about to take it. */
  waiting: string | undefined;
  /** It has its head line. */
  isBegun: boolean;
  /** The last write: rows come in order. */
  write: Promise<void>;
}

/**
 * `joblog.tsv` of each job: a line per attempt that ended, as GNU parallel keeps for its jobs.
 * `start` is seconds since 1970. What comes during a write is written together by the next one.
 */
export class JobLogs {
  readonly #sharedDirectory: string;
  readonly #mode: number;
  readonly #books = new Map<number, Book>();

  constructor(sharedDirectory: string, mode: number) {
    this.#sharedDirectory = sharedDirectory;
    this.#mode = mode;
  }

  /** @returns the write of this row, or undefined where it goes with a row before it */
  append(row: AttemptLogRow): Promise<void> | undefined {
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
    const book = this.#bookOf(jobId);
    const line = `${fields.join('\t')}\n`;
    if (book.waiting !== undefined) {
      book.waiting += line;
      return undefined;
    }
    book.waiting = line;
    this.#books.set(jobId, book);
    book.write = book.write.catch(() => undefined).then(() => this.#write(jobId, book));
    return book.write;
  }

  /** Resolves when all rows of a job are written; the job has ended. */
  async finish(jobId: number): Promise<void> {
    await this.#books.get(jobId)?.write.catch(() => undefined);
    this.#books.delete(jobId);
  }

  #bookOf(jobId: number): Book {
    return (
      this.#books.get(jobId) ?? { waiting: undefined, isBegun: false, write: Promise.resolve() }
    );
  }

  async #write(jobId: number, book: Book): Promise<void> {
    const path = `${jobDirectory(this.#sharedDirectory, jobId)}/joblog.tsv`;
    // A Manager before this one may have begun it, or have died when there was no more than its name.
    book.isBegun ||= (await sizeOf(path)) > 0;
    const head = book.isBegun ? '' : `${COLUMNS.join('\t')}\n`;
    const text = `${head}${book.waiting ?? ''}`;
    book.isBegun = true;
    book.waiting = undefined;
    await appendFile(path, text, { mode: this.#mode });
  }
}

/** In bytes; 0 where there is no such file. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}
