import { attemptName, parseTaskName, taskName } from '../../protocol/ids.ts';
import type { Job } from './job.ts';

/** A task that a client named, and that the job has. */
export interface NamedTask extends NonNullable<ReturnType<typeof parseTaskName>> {
  /** `map-00012` or `map-00012.2` */
  readonly name: string;
}

/** The task of a job that a word names, with or without an attempt of it; otherwise a sentence. */
export function findTask(job: Job, word: string): NamedTask | string {
  const parsed = parseTaskName(word);
  if (!parsed)
    return `Cannot find task "${word}": expected a name such as map-00012 or map-00012.2`;
  const { stage, task_index, attempt } = parsed;
  const name = taskName(parsed);
  const tasks = job.taskCount(stage);
  if (task_index >= tasks) {
    return `${job.name} has no ${name}: it has ${String(tasks)} ${stage} task${tasks === 1 ? '' : 's'}`;
  }
  if (attempt === undefined) return { ...parsed, name };
  const latest = job.latestAttempt(stage, task_index) ?? 0;
  if (attempt <= latest) return { ...parsed, name: attemptName({ stage, task_index, attempt }) };
  const last = latest === 0 ? 'there was none yet' : `the last of ${name} is ${String(latest)}`;
  return `${job.name} has no attempt ${word}: ${last}`;
}
