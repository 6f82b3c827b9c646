import { blameless } from '../scheduler/blameless.ts';
import type { MapPieces } from '../scheduler/plan.ts';
import type { JournalRecord } from '../scheduler/records.ts';

/**
 * A record as the journal holds it: without what each map task of an accepted job reads, which can
 * be most of it by far and stands in the job's `job.json`, written and synced before.
 */
export function storedForm(record: JournalRecord): JournalRecord {
  if (record.type !== 'job_accepted') return record;
  const { maps: _, ...stored } = record;
  return stored;
}

/**
 * Puts back what {@link storedForm} left out, for the jobs that have not ended: of the others only
 * the report is asked for.
 * @param readMaps what a job's `job.json` says of its map tasks, or why the job cannot go on: it fails
 */
export async function withPlans(
  records: readonly JournalRecord[],
  readMaps: (jobId: number) => Promise<MapPieces | string>,
): Promise<readonly JournalRecord[]> {
  const over = new Set<number>();
  for (const record of records) {
    if (record.type === 'job_ended' || record.type === 'job_removed') over.add(record.jobId);
  }
  const whole: JournalRecord[] = [];
  const unplanned = new Map<number, string>();
  for (const record of records) {
    if (record.type !== 'job_accepted' || over.has(record.jobId)) whole.push(record);
    else {
      const maps = await readMaps(record.jobId);
      const isRead = typeof maps !== 'string';
      if (!isRead) unplanned.set(record.jobId, maps);
      whole.push(isRead ? { ...record, maps } : record);
    }
  }
  for (const [jobId, cause] of unplanned) {
    const ending = { outcome: 'failed', failure: blameless(cause) } as const;
    whole.push({ type: 'job_stopping', jobId, ending });
  }
  return whole;
}
