import type { JobOptions } from '../read-options.ts';

/** What a trial reads. */
export interface Source {
  /** Absolute. */
  readonly paths: readonly string[];
  readonly bytes: number;
}

/** One job over the sample, or over what another one wrote. */
export interface Trial {
  /** `mapper, in many splits` */
  readonly title: string;
  readonly source: Source;
  /** A mapper process for each file, or many for shares of them. */
  readonly splits: 'whole' | 'many';
  /** The job's own mapper, or one that hands on what it reads. */
  readonly mapper: 'own' | 'identity';
  readonly combiner: boolean;
  readonly reducer: 'own' | 'identity' | 'none';
  readonly reducers: number;
}

/** Enough for many boundaries, few enough for programs that are slow to start. */
const SPLITS = 8;
const WHOLE_BYTES = 2 ** 50;

/**
 * The options of one trial: those of the job, but for input, output and how the work is cut. Its
 * result comes back as if for stdout, and the first failure ends it: a second try could hide it.
 */
export function trialOptions(job: JobOptions, trial: Trial): JobOptions {
  const { output: _output, overwrite: _overwrite, combiner, reducer, ...kept } = job;
  const { numMappers: _numMappers, recursive: _recursive, ...options } = kept;
  const { source, splits } = trial;
  return {
    ...(trial.reducers === 0 ? withoutOrder(job, options) : options),
    input: source.paths,
    mapper: trial.mapper === 'own' ? job.mapper : 'identity',
    ...(trial.combiner && combiner !== undefined ? { combiner } : {}),
    ...reducerOf(trial, reducer),
    numReducers: trial.reducers,
    splitSize: splits === 'whole' ? WHOLE_BYTES : Math.max(1, Math.floor(source.bytes / SPLITS)),
    name: `check: ${trial.title}`,
    maxAttempts: 1,
  };
}

/** A mapper alone has no order; a job that asks for one without reducers is refused, as ever. */
function withoutOrder<T extends Partial<JobOptions>>(job: JobOptions, options: T): T {
  if (job.numReducers === 0) return options;
  const { sortValues: _sortValues, totalOrder: _totalOrder, ...rest } = options;
  return rest as T;
}

function reducerOf(trial: Trial, own: string | undefined): { reducer?: string } {
  if (trial.reducer === 'none') return {};
  if (trial.reducer === 'identity') return { reducer: 'identity' };
  return own === undefined ? {} : { reducer: own };
}
