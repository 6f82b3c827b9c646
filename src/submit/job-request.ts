import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { NewManagerJob } from '../protocol/client-messages.ts';
import { type ShippedFile, VARIABLE_NAME } from '../protocol/job-spec.ts';
import { MESSAGE_BYTES_MAX } from '../protocol/limits.ts';
import { UserError } from '../runtime/user-error.ts';
import { absoluteInputs, type SubmitterPlace } from './preflight.ts';
import type { JobOptions } from './read-options.ts';

/** What a submission is made of besides the user's options. */
export interface RequestDetails extends SubmitterPlace {
  readonly files: readonly ShippedFile[];
  readonly dryRun: boolean;
  /** Permission bits that new files must not have. */
  readonly umask: number;
  readonly submittedBy: string;
  /** The SHA-256 of the list of inputs, where they were sent as one. */
  readonly inputList?: string | undefined;
}

/**
 * The message that submits a job. Paths in it are absolute and the submitter's own.
 * @throws UserError when it does not fit on the wire
 */
export async function jobRequest(job: JobOptions, details: RequestDetails): Promise<NewManagerJob> {
  const { directory, dryRun, inputList } = details;
  const request: NewManagerJob = {
    message_type: 'new_manager_job',
    input_directory: inputList === undefined ? await absoluteInputs(job.input, directory) : [],
    ...(inputList !== undefined && { input_list: inputList }),
    output_directory: outputOf(job, directory),
    mapper_executable: job.mapper,
    ...optionalFields(job),
    submission_id: randomUUID(),
    success_marker: true,
    environment: readEnvironment(job.env ?? [], details.environment),
    files: details.files.map(({ path, sha256, bytes, mode }) => ({ path, sha256, bytes, mode })),
    umask: details.umask,
    submitted_by: details.submittedBy,
    ...(dryRun ? { dry_run: true } : {}),
  };
  if (Buffer.byteLength(JSON.stringify(request)) <= MESSAGE_BYTES_MAX) return request;
  throw new UserError(
    'Cannot submit the job: commands, environment and names of shipped files are together over 1 MiB; ship many files packed into one',
  );
}

/** A sample's result is part of no result: nobody but the forecast looks at it. */
function outputOf(job: JobOptions, directory: string): string | null {
  const isWanted = job.output !== undefined && job.sample === undefined;
  return isWanted ? resolve(directory, job.output) : null;
}

/** `ann@node1`, for lists and for who cancelled. */
export function submitterName(): string {
  return `${userName()}@${hostname()}`;
}

/** `K=V`, or `K` for the value that the submitter's own environment has. */
export function readEnvironment(
  settings: readonly string[],
  environment: SubmitterPlace['environment'],
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const setting of settings) {
    const equals = setting.indexOf('=');
    const name = equals === -1 ? setting : setting.slice(0, equals);
    if (!VARIABLE_NAME.test(name)) {
      const rule = 'a name is letters, digits and "_", not beginning with a digit';
      throw new UserError(`Cannot use "${setting}" for --env: write NAME=VALUE or NAME; ${rule}`);
    }
    const value = equals === -1 ? environment[name] : setting.slice(equals + 1);
    if (value === undefined) {
      throw new UserError(
        `Cannot use "${name}" for --env: it is not set here; write ${name}=VALUE`,
      );
    }
    result[name] = value;
  }
  return result;
}

/** Only what was given travels: what was not is for the Manager to choose. */
export function optionalFields(job: JobOptions): Partial<NewManagerJob> {
  const fields = {
    reducer_executable: job.reducer,
    combiner_executable: job.combiner,
    num_mappers: job.numMappers,
    num_reducers: job.numReducers,
    split_bytes: job.splitSize,
    job_name: job.name,
    priority: job.priority,
    max_running: job.maxRunning,
    max_attempts: job.maxAttempts,
    max_workers_lost: job.maxWorkersLost,
    skip_bad_records: job.skipBadRecords,
    keep_going: job.keepGoing,
    backup: job.backup === false ? false : undefined,
    task_timeout_ms: job.taskTimeout,
    max_record_bytes: job.maxRecord,
    recursive: job.recursive,
    one_process: job.oneProcess,
    separator: job.separator,
    key_fields: job.keyFields,
    sort_values: job.sortValues,
    total_order: job.totalOrder,
    shell: job.shell,
    sample_percent: job.sample,
    accept_exit: job.acceptExit,
    reducer_accept_exit: job.reducerAcceptExit,
    combiner_accept_exit: job.combinerAcceptExit,
    overwrite: job.overwrite,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The user of this process, or its number. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry in the password file, as in containers.
    return `uid-${String(process.getuid?.() ?? 'unknown')}`;
  }
}
