import type { TaskRef } from '../../protocol/ids.ts';
import { JOB_DEFAULTS, rulesOf } from '../../protocol/job-spec.ts';
import type { NewMapTask, NumberedOrder, TaskOrder } from '../../protocol/manager-orders.ts';
import { assert } from '../../runtime/assert.ts';
import type { Context } from './context.ts';
import type { Job } from './job.ts';
import { directoryOf } from './stages.ts';
import type { Attempt, Task } from './task.ts';
import type { OrderBody } from './worker.ts';

const ALL_MAY_READ_AND_WRITE = 0o666;

/** Words the message that sends an attempt to a Worker. */
export function orderFor(ctx: Context, job: Job, task: Task, attempt: Attempt): OrderBody {
  const { spec } = job;
  if (task.stage === 'map') {
    return {
      ...mapPart(ctx, job),
      task_index: task.index,
      attempt: attempt.ref.attempt,
      pieces: job.plan.maps[task.index] ?? [],
      last_map: task.index === job.maps.length - 1,
      ...(attempt.lines && { lines: attempt.lines }),
    };
  }
  assert(
    job.manifestPath !== undefined,
    () => `${job.name}: a reduce before all maps are committed`,
  );
  assert(spec.reducer_executable !== undefined, () => `${job.name}: a reduce without a reducer`);
  return {
    ...commonPart(ctx, job),
    message_type: 'new_reduce_task',
    stage: 'reduce',
    task_index: task.index,
    attempt: attempt.ref.attempt,
    reducer: spec.reducer_executable,
    manifest_path: job.manifestPath,
  };
}

type CommonPart = Pick<
  TaskOrder,
  Exclude<keyof TaskOrder, keyof NumberedOrder | keyof TaskRef | 'attempt'>
> &
  Pick<NewMapTask, 'job_id' | 'combiner'>;

type MapPart = CommonPart & Pick<NewMapTask, 'message_type' | 'stage' | 'mapper' | 'reducer'>;

const mapParts = new WeakMap<Job, MapPart>();

/** What all map orders of a job repeat: of maps there may be very many. */
function mapPart(ctx: Context, job: Job): MapPart {
  const known = mapParts.get(job);
  if (known) return known;
  const part: MapPart = {
    ...commonPart(ctx, job),
    message_type: 'new_map_task',
    stage: 'map',
    mapper: job.spec.mapper_executable,
    reducer: job.spec.reducer_executable ?? null,
  };
  mapParts.set(job, part);
  return part;
}

/** What all orders of a job repeat. */
function commonPart(ctx: Context, job: Job): CommonPart {
  const { spec } = job;
  return {
    job_id: job.id,
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
