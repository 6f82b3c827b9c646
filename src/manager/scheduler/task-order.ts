import { JOB_DEFAULTS, rulesOf } from '../../protocol/job-spec.ts';
import type {
  ManagerOrder,
  NewMapTask,
  NewReduceTask,
  NumberedOrder,
  TaskOrder,
} from '../../protocol/manager-orders.ts';
import type { AttemptRef } from '../../protocol/ids.ts';
import { assert } from '../../runtime/assert.ts';
import type { Context } from './context.ts';
import type { Job } from './job.ts';
import { directoryOf } from './stages.ts';
import type { Attempt, Task } from './task.ts';

const ALL_MAY_READ_AND_WRITE = 0o666;

type CommonField =
  | Exclude<keyof TaskOrder, keyof NumberedOrder | keyof AttemptRef>
  | Extract<keyof NewMapTask, 'mapper' | 'combiner' | 'reducer'>;

/** What is the same in the orders of all tasks of a job's stage: one object, of which there is one. */
export type CommonPart =
  Pick<NewMapTask, CommonField> | Pick<NewReduceTask, CommonField & keyof NewReduceTask>;

/** What the order of one task adds to the {@link CommonPart}. */
export type OwnPart = Omit<NewMapTask, CommonField> | Omit<NewReduceTask, CommonField>;

/** An order as the scheduler words it; the Worker's record adds number and epoch. */
export type Unnumbered<Order> = Order extends NumberedOrder
  ? Omit<Order, keyof NumberedOrder>
  : never;

/** An order as the scheduler hands it over: whole, or what it adds to a common part. */
export type OrderParts =
  | { readonly order: ManagerOrder; readonly common: undefined }
  | { readonly order: OwnPart; readonly common: CommonPart };

/** The message that its Worker gets. */
export function wholeOrder({ order, common }: OrderParts): ManagerOrder {
  return { ...common, ...order } as ManagerOrder;
}

/** Words what only this attempt's order says. */
export function ownPart(job: Job, task: Task, attempt: Attempt): Unnumbered<OwnPart> {
  const { job_id, task_index } = attempt.ref;
  if (task.stage === 'map') {
    return {
      message_type: 'new_map_task',
      job_id,
      stage: 'map',
      task_index,
      attempt: attempt.ref.attempt,
      pieces: job.mapInputs.of(task_index),
      last_map: task_index === job.maps.length - 1,
      ...(attempt.lines && { lines: attempt.lines }),
    };
  }
  assert(
    job.manifestPath !== undefined,
    () => `${job.name}: a reduce before all maps are committed`,
  );
  return {
    message_type: 'new_reduce_task',
    job_id,
    stage: 'reduce',
    task_index,
    attempt: attempt.ref.attempt,
    manifest_path: job.manifestPath,
  };
}

const commonParts = {
  map: new WeakMap<Job, CommonPart>(),
  reduce: new WeakMap<Job, CommonPart>(),
};

/** What the orders of all attempts of a stage say; always the same object. */
export function commonPart(ctx: Context, job: Job, stage: Task['stage']): CommonPart {
  const known = commonParts[stage].get(job);
  if (known) return known;
  const part = stage === 'map' ? mapPart(ctx, job) : reducePart(ctx, job);
  commonParts[stage].set(job, part);
  return part;
}

function mapPart(ctx: Context, job: Job): CommonPart {
  const { mapper_executable: mapper, reducer_executable: reducer } = job.spec;
  return { ...stagePart(ctx, job), mapper, reducer: reducer ?? null };
}

function reducePart(ctx: Context, job: Job): CommonPart {
  const { reducer_executable: reducer } = job.spec;
  assert(reducer !== undefined, () => `${job.name}: a reduce without a reducer`);
  return { ...stagePart(ctx, job), reducer };
}

/** What the orders of both stages say. */
function stagePart(
  ctx: Context,
  job: Job,
): Pick<NewReduceTask, Exclude<CommonField & keyof NewReduceTask, 'reducer'>> {
  const { spec } = job;
  return {
    job_name: spec.job_name ?? '',
    job_directory: directoryOf(ctx, job),
    staging_directory: job.place.stagingDirectory,
    files: job.plan.files,
    environment: spec.environment ?? {},
    task_timeout_ms: spec.task_timeout_ms ?? JOB_DEFAULTS.taskTimeoutMs,
    max_record_bytes: spec.max_record_bytes ?? JOB_DEFAULTS.maxRecordBytes,
    rules: rulesOf(spec),
    output_mode: ALL_MAY_READ_AND_WRITE & ~(spec.umask ?? JOB_DEFAULTS.umask),
    reduces: job.plan.reduces,
    combiner: spec.combiner_executable ?? null,
  };
}
