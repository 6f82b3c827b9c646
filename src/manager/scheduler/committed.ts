import { taskName } from '../../protocol/ids.ts';
import { COUNTERS_MAX } from '../../protocol/limits.ts';
import type { Job } from './job.ts';
import type { Commit, Task } from './task.ts';

/**
 * Books a commit, now or for an earlier Manager.
 * @returns a warning that the job did not have before
 */
export function noteCommit(job: Job, task: Task, commit: Commit): string | undefined {
  job.tallies[task.stage].add(task, commit);
  if (task.stage === 'map') job.mapsCommitted += 1;
  else job.reducesCommitted += 1;
  return commit.statistics.ignored_input_bytes > 0 ? noteGrowth(job, commit) : undefined;
}

/** The first name that is one too many for the whole job, as it may be for one attempt. */
export function addCounterNames(job: Job, { counters }: Commit): string | undefined {
  for (const { group, name } of counters) {
    job.counterNames.add(`${group},${name}`);
    if (job.counterNames.size > COUNTERS_MAX) return `${group},${name}`;
  }
  return undefined;
}

/** Bytes that were appended to an input after it was planned are no part of the job. */
function noteGrowth(job: Job, { attempt, statistics }: Commit): string | undefined {
  const [piece, ...others] = job.mapInputs.of(attempt.task_index);
  const where = piece && others.length === 0 ? ` "${piece.path}"` : `s of ${taskName(attempt)}`;
  const bytes = String(statistics.ignored_input_bytes);
  const text = `Input${where} grew while the job ran: ${bytes} bytes past its planned end were ignored`;
  return job.keepWarning(text) ? text : undefined;
}
