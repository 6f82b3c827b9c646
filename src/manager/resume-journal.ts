import { randomBytes } from 'node:crypto';
import { jobFilePath } from '../protocol/job-layout.ts';
import { jobName } from '../protocol/ids.ts';
import { FileJournal, type FileJournalOptions } from './journal/file-journal.ts';
import type { Journal } from './journal/journal.ts';
import { nodeJournalDisk } from './journal/node-journal-disk.ts';
import { openJournal } from './journal/open-journal.ts';
import { withPlans } from './journal/stored-form.ts';
import { outcomeText } from './perform-context.ts';
import { type SweepOptions, sweepOrphans } from './publish/sweep-orphans.ts';
import { readPast } from './scheduler/read-past.ts';
import type { JournalRecord } from './scheduler/records.ts';
import { recordsOf } from './scheduler/snapshot.ts';
import type { Cluster } from './store/cluster-file.ts';
import { readMaps } from './store/job-file.ts';

/** A shared directory's journal, read and begun anew for this Manager. */
export interface ResumedJournal {
  readonly epoch: number;
  /** What the scheduler goes on from. */
  readonly records: readonly JournalRecord[];
  /** Lines that were being written when the last Manager ended. */
  readonly cutLines: number;
  /** Removes what jobs left that were never accepted. */
  sweep(warn: SweepOptions['warn']): Promise<void>;
  /** Goes on writing. */
  open(callbacks: Callbacks): Journal;
  /** Lets go of it where it was never opened. */
  close(): Promise<void>;
}

type Callbacks = Omit<FileJournalOptions, 'disk' | 'identity' | 'writerId'>;

/**
 * Reads what earlier Managers left in a shared directory and claims it.
 * @throws UserError when it cannot be used; see {@link openJournal}
 */
export async function resumeJournal(cluster: Cluster): Promise<ResumedJournal> {
  const { directory, clusterId } = cluster;
  const disk = nodeJournalDisk(`${directory}/journal`, cluster.modes.file);
  const writerId = `${String(process.pid)}-${randomBytes(4).toString('hex')}`;
  const claimed = await openJournal({ disk, clusterId, firstEpoch: cluster.epoch, writerId });
  const { identity } = claimed;
  const past = readPast(await withPlans(claimed.records, (jobId) => mapsOf(directory, jobId)));
  // Where the journal is new, what lies there is none of its jobs.
  if (claimed.records.length === 0) past.firstJobId = cluster.firstJobId;
  past.nextJobId = Math.max(past.nextJobId, cluster.firstJobId);
  const records = recordsOf(past);
  const written = await claimed.begin(records);
  return {
    epoch: identity.epoch,
    records,
    cutLines: claimed.cutLines,
    sweep: (warn) => {
      const { firstJobId, nextJobId, jobs } = past;
      return sweepOrphans({ directory, firstJobId, nextJobId, known: new Set(jobs.keys()), warn });
    },
    open: (callbacks) => new FileJournal(written, { disk, identity, writerId, ...callbacks }),
    close: () => written.file.close(),
  };
}

/** Or why the job cannot go on. */
async function mapsOf(directory: string, jobId: number) {
  const path = jobFilePath(directory, jobId);
  try {
    return await readMaps(path);
  } catch (error) {
    return `Cannot resume ${jobName(jobId)}: cannot read its plan in "${path}": ${outcomeText(error)}`;
  }
}
