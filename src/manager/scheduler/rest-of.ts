import type { Job } from './job.ts';
import type { EndedRest } from './records.ts';
import type { Task } from './task.ts';

/** What of a job that ends has to be kept beside its report. */
export function restOf(job: Job): EndedRest {
  const tried = [...job.maps, ...job.reduces].filter((task) => task.lastAttempt !== undefined);
  const usualAttempt = mostFrequent(tried);
  return {
    mapsCommitted: job.mapsCommitted,
    reducesCommitted: job.reducesCommitted,
    manifestPath: job.manifestPath ?? null,
    usualAttempt,
    lastAttempts: tried.flatMap(({ name, lastAttempt = 0 }) =>
      lastAttempt === usualAttempt ? [] : [[name, lastAttempt] as const],
    ),
    lastErrors: [...job.lastErrors],
    lastFailed: job.lastFailed ?? null,
    failedInputs: [...job.failedInputs],
  };
}

/** Nearly all tasks take as many attempts as the others: most often one. */
function mostFrequent(tried: readonly Task[]): number {
  const counts = new Map<number, number>();
  let winner = 1;
  for (const { lastAttempt = 0 } of tried) {
    counts.set(lastAttempt, (counts.get(lastAttempt) ?? 0) + 1);
    if ((counts.get(lastAttempt) ?? 0) > (counts.get(winner) ?? 0)) winner = lastAttempt;
  }
  return winner;
}
