import type { Job } from './job.ts';
import type { EndedRest } from './records.ts';

/** What of a job that ends has to be kept beside its report. */
export function restOf(job: Job): EndedRest {
  const last = [...job.maps, ...job.reduces].flatMap(({ name, lastAttempt }) =>
    lastAttempt === undefined ? [] : [[name, lastAttempt] as const],
  );
  const usualAttempt = mostFrequent(last.map(([, attempt]) => attempt));
  return {
    mapsCommitted: job.mapsCommitted,
    reducesCommitted: job.reducesCommitted,
    manifestPath: job.manifestPath ?? null,
    usualAttempt,
    lastAttempts: last.filter(([, attempt]) => attempt !== usualAttempt),
    lastErrors: [...job.lastErrors],
    lastFailed: job.lastFailed ?? null,
    failedInputs: [...job.failedInputs],
  };
}

/** Nearly all tasks take as many attempts as the others: most often one. */
function mostFrequent(numbers: readonly number[]): number {
  const counts = new Map<number, number>();
  let winner = 1;
  for (const number of numbers) {
    counts.set(number, (counts.get(number) ?? 0) + 1);
    if ((counts.get(number) ?? 0) > (counts.get(winner) ?? 0)) winner = number;
  }
  return winner;
}
