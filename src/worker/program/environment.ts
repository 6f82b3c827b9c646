import { attemptName, type AttemptRef, jobName, taskName } from '../../protocol/ids.ts';

/** Names and values of a process's environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface ProgramEnvironment {
  /** The Worker's own environment. */
  readonly own: Environment;
  /** What the job adds (`--env`). */
  readonly job: Readonly<Record<string, string>>;
  readonly jobName: string;
  readonly attempt: AttemptRef;
  readonly reduces: number;
  readonly workerId: string;
  /** Where side files go. */
  readonly outputDirectory: string;
  /** What a mapper reads; undefined for reducers and combiners. */
  readonly input:
    { readonly path: string; readonly start: number; readonly length: number } | undefined;
  /** By which the guard finds every process of this Worker's programs. */
  readonly guardNonce: string;
}

/** What of the Worker's environment a program sees; nothing secret can be in it by accident. */
const INHERITED = ['PATH', 'HOME', 'USER', 'LANG', 'TZ', 'TMPDIR'] as const;
const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';

/** The name of the variable that marks a Worker's programs, and all that they start. */
export const GUARD_VARIABLE = 'MUSTER_GUARD';

/** The whole environment of a program: allow-list, then the job's, then Hadoop Streaming's names. */
export function programEnvironment(of: ProgramEnvironment): Record<string, string> {
  const { attempt } = of;
  return {
    PATH: DEFAULT_PATH,
    ...inherited(of.own),
    // join, uniq and comm agree with our order of keys.
    LC_COLLATE: 'C',
    ...of.job,
    mapreduce_job_id: jobName(attempt.job_id),
    mapreduce_job_name: of.jobName,
    mapreduce_task_id: taskName(attempt),
    mapreduce_task_attempt_id: attemptName(attempt),
    mapreduce_task_ismap: String(attempt.stage === 'map'),
    mapreduce_task_partition: String(attempt.task_index),
    ...(of.input && {
      mapreduce_map_input_file: of.input.path,
      mapreduce_map_input_start: String(of.input.start),
      mapreduce_map_input_length: String(of.input.length),
    }),
    mapreduce_job_reduces: String(of.reduces),
    mapreduce_task_output_dir: of.outputDirectory,
    mapreduce_worker_id: of.workerId,
    [GUARD_VARIABLE]: of.guardNonce,
  };
}

function inherited(own: Environment): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of INHERITED) {
    const value = own[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}
