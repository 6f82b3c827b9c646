import type { TaskStage } from '../../protocol/ids.ts';
import type { AttemptStatistics, OutputFile } from '../../protocol/worker-messages.ts';
import type { Commit, TaskState } from './task.ts';

/** What is counted of every attempt. */
const COUNTS = [
  'input_bytes',
  'input_records',
  'output_bytes',
  'output_records',
  'spills',
  'combine_input_records',
  'combine_output_records',
  'combine_skipped_records',
  'duration_ms',
  'ignored_input_bytes',
] as const satisfies readonly (keyof AttemptStatistics)[];

/** Usually an attempt leaves one of these and nothing else. */
const USUAL_OUTPUTS = ['run', 'part'];

/** Columns: attempt, Worker, which usual output, its bytes, records and checksum, then the counts. */
const FIRST_COUNT = 6;
const COLUMNS = FIRST_COUNT + COUNTS.length;

/** Of a commit: what only some have. */
type Unusual = Pick<Commit, 'outputs' | 'counters'> & Pick<AttemptStatistics, 'largest_groups'>;

const NOTHING: Unusual = { outputs: [], counters: [], largest_groups: [] };

/**
 * The commits of a stage, in rows of numbers: there may be hundreds of thousands, which as objects
 * would each take half a kilobyte of the heap until the job ends.
 */
export class CommitTable {
  readonly #identity: { readonly job_id: number; readonly stage: TaskStage };
  readonly #rows: number;
  /** Made with the first commit: ended jobs have none. */
  #numbers: Float64Array | undefined;
  readonly #unusual = new Map<number, Unusual>();
  readonly #workers: string[] = [];
  readonly #workerNumbers = new Map<string, number>();

  constructor(identity: { readonly job_id: number; readonly stage: TaskStage }, tasks: number) {
    this.#identity = identity;
    this.#rows = tasks;
  }

  /** Keeps a commit in place of any that its task had. */
  put(commit: Commit): Extract<TaskState, { state: 'committed' }> {
    const { task_index: index, attempt } = commit.attempt;
    const { outputs, counters, statistics } = commit;
    const { largest_groups } = statistics;
    const [output] = outputs;
    const usual = output && outputs.length === 1 ? USUAL_OUTPUTS.indexOf(output.name) : -1;
    const isUsual = usual >= 0 && counters.length === 0 && largest_groups.length === 0;
    if (isUsual) this.#unusual.delete(index);
    else this.#unusual.set(index, { outputs, counters, largest_groups });
    this.#numbers ??= new Float64Array(this.#rows * COLUMNS);
    const { bytes, records, crc32 } = output ?? { bytes: 0, records: 0, crc32: 0 };
    const worker = this.#numberOf(commit.workerId);
    const counts = COUNTS.map((name) => statistics[name] ?? Number.NaN);
    const row = [attempt, worker, usual, bytes, records, crc32, ...counts];
    this.#numbers.set(row, index * COLUMNS);
    return new Committed(this, index);
  }

  /** The commit of a task that has one. */
  get(index: number): Commit {
    const start = index * COLUMNS;
    const at = (column: number): number => this.#numbers?.[start + column] ?? 0;
    const unusual = this.#unusual.get(index);
    const { counters, largest_groups } = unusual ?? NOTHING;
    return {
      attempt: { ...this.#identity, task_index: index, attempt: at(0) },
      workerId: this.#workers[at(1)] ?? '',
      outputs: unusual?.outputs ?? [usualOutput(at)],
      statistics: { ...countsOf((count) => at(FIRST_COUNT + count)), largest_groups },
      counters,
    };
  }

  /** The job has ended. */
  clear(): void {
    this.#numbers = undefined;
    this.#unusual.clear();
  }

  #numberOf(workerId: string): number {
    const known = this.#workerNumbers.get(workerId);
    if (known !== undefined) return known;
    this.#workerNumbers.set(workerId, this.#workers.length);
    return this.#workers.push(workerId) - 1;
  }
}

/** A cell of a row. */
type Cell = (column: number) => number;

function usualOutput(at: Cell): OutputFile {
  return { name: USUAL_OUTPUTS[at(2)] ?? '', bytes: at(3), records: at(4), crc32: at(5) };
}

/** In the order of {@link COUNTS}. */
function countsOf(at: Cell): Omit<AttemptStatistics, 'largest_groups'> {
  return {
    input_bytes: at(0),
    input_records: Number.isNaN(at(1)) ? null : at(1),
    output_bytes: at(2),
    output_records: at(3),
    spills: at(4),
    combine_input_records: at(5),
    combine_output_records: at(6),
    combine_skipped_records: at(7),
    duration_ms: at(8),
    ignored_input_bytes: at(9),
  };
}

/** State of a task whose commit lies in a table. */
class Committed {
  readonly state = 'committed';
  readonly #table: CommitTable;
  readonly #index: number;

  constructor(table: CommitTable, index: number) {
    this.#table = table;
    this.#index = index;
  }

  get commit(): Commit {
    return this.#table.get(this.#index);
  }
}
