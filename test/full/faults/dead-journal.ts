import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { attemptName, type AttemptRef, taskName } from '../../../src/protocol/ids.ts';
import { linesOf } from '../../../src/manager/journal/line.ts';
import type { JournalRecord } from '../../../src/manager/scheduler/records.ts';

/** What the journal of a Manager that has been killed says of the job that writes one output. */

/** How far a job is. */
export type Stage = 'planning' | 'map' | 'reduce' | 'publishing' | 'clean-up';

export interface JobInJournal {
  readonly stage: Stage;
  /** By task, `map-00000`: the attempt, `map-00000.1`. */
  readonly committed: ReadonlyMap<string, string>;
  /** Attempts that this Manager handed out, or took over, in the order of its journal. */
  readonly dispatched: readonly string[];
}

/** Reads the newest epoch; a line that is not whole was never written. */
export async function jobInJournal(
  sharedDirectory: string,
  output: string,
  shape: { readonly maps: number; readonly reduces: number },
): Promise<JobInJournal> {
  const directory = join(sharedDirectory, 'journal');
  const names = (await readdir(directory)).filter((name) => /^epoch-\d+\.log$/.test(name));
  const newest = names.toSorted().at(-1);
  const records = newest === undefined ? [] : recordsIn(await readFile(join(directory, newest)));
  const accepted = records.filter(
    (record) => record.type === 'job_accepted' && record.place.directory === output,
  );
  if (accepted.length > 1) throw new Error(`Two jobs write ${output}`);
  const [job] = accepted.map(jobIdOf);
  const ours = records.filter((record) => job !== undefined && jobIdOf(record) === job);
  const committed = new Map<string, string>();
  const dispatched: string[] = [];
  for (const record of ours) {
    if (record.type === 'attempt_dispatched') dispatched.push(attemptName(record.attempt));
    if (record.type === 'task_committed') commit(committed, record.attempt);
  }
  return { stage: stageOf(ours, committed, shape), committed, dispatched };
}

function recordsIn(bytes: Buffer): JournalRecord[] {
  return [...linesOf(bytes)].flatMap((line) =>
    // The first one is the header.
    line === undefined || line.sequence === 0 ? [] : [line.value as JournalRecord],
  );
}

function jobIdOf(record: JournalRecord): number | undefined {
  if ('jobId' in record) return record.jobId;
  return 'attempt' in record ? record.attempt.job_id : undefined;
}

function commit(committed: Map<string, string>, attempt: AttemptRef): void {
  const task = taskName(attempt);
  const before = committed.get(task);
  const now = attemptName(attempt);
  if (before !== undefined) throw new Error(`${task} is committed as ${before} and as ${now}`);
  committed.set(task, now);
}

function stageOf(
  records: readonly JournalRecord[],
  committed: ReadonlyMap<string, string>,
  { maps, reduces }: { readonly maps: number; readonly reduces: number },
): Stage {
  const has = (type: JournalRecord['type']): boolean =>
    records.some((record) => record.type === type);
  if (!has('job_accepted')) return 'planning';
  if (has('published') || has('job_ended')) return 'clean-up';
  if (committed.size === maps + reduces) return 'publishing';
  const mapsDone = [...committed.keys()].filter((task) => task.startsWith('map')).length;
  return mapsDone === maps ? 'reduce' : 'map';
}
