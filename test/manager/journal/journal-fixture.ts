import { FileJournal, type FileJournalOptions } from '../../../src/manager/journal/file-journal.ts';
import type { JournalDisk } from '../../../src/manager/journal/journal-disk.ts';
import { type ClaimedJournal, openJournal } from '../../../src/manager/journal/open-journal.ts';
import { isAwaited, type JournalRecord } from '../../../src/manager/scheduler/records.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import type { VirtualDisk } from '../../sim/virtual-disk.ts';
import { statisticsOf } from '../../statistics-of.ts';

let writers = 0;

/** Claims and reads the journal as a Manager that starts does. */
export function claimJournal(disk: JournalDisk, firstEpoch = 1): Promise<ClaimedJournal> {
  writers += 1;
  return openJournal({ disk, clusterId: 'c', firstEpoch, writerId: String(writers) });
}

/** A Manager's journal, and what became of it. */
export interface Life {
  readonly journal: FileJournal;
  append(record: JournalRecord): void;
  readonly epoch: number;
  /** What the Managers before left, and what this one was told is recorded. */
  readonly before: readonly JournalRecord[];
  readonly told: JournalRecord[];
  readonly rooms: boolean[];
  failure: unknown;
  /** Resolves once so many were told, or it failed. */
  until(told: number): Promise<void>;
}

/**
 * A Manager that starts, and whose state is a list: of what the last one left, the records that it
 * was told, and those nobody waits for as soon as they are appended.
 */
export async function liveOn(
  virtual: VirtualDisk,
  options: Partial<FileJournalOptions> = {},
): Promise<Life> {
  const disk = virtual.open();
  const claimed = await claimJournal(disk);
  const written = await claimed.begin(claimed.records);
  const told: JournalRecord[] = [];
  const rooms: boolean[] = [];
  const state = [...claimed.records];
  let wake: () => void = () => undefined;
  const journal = new FileJournal(written, {
    disk,
    identity: claimed.identity,
    writerId: `life-${String(claimed.identity.epoch)}`,
    clock: systemClock,
    onRecorded: (record) => {
      told.push(record);
      if (isAwaited(record)) state.push(record);
      wake();
    },
    snapshot: () => [...state],
    countSnapshot: () => state.length,
    onRoom: (hasRoom) => rooms.push(hasRoom),
    onFailure: (error) => {
      life.failure = error;
      wake();
    },
    ...options,
  });
  const life: Life = {
    journal,
    append: (record) => {
      if (!isAwaited(record)) state.push(record);
      journal.append(record);
    },
    epoch: claimed.identity.epoch,
    before: claimed.records,
    told,
    rooms,
    failure: undefined,
    until: async (count) => {
      while (told.length < count && life.failure === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
  return life;
}

/** A record that somebody waits for. */
export function awaited(number: number, text = ''): JournalRecord {
  const attempt = { job_id: 1, stage: 'map', task_index: number, attempt: 1 } as const;
  const statistics = statisticsOf({
    input_bytes: number,
    input_records: 1,
    output_bytes: 1,
    output_records: 1,
    duration_ms: 1,
  });
  return {
    type: 'task_committed',
    attempt,
    workerId: `n1${text}`,
    outputs: [],
    statistics,
    counters: [],
    atMs: 0,
  };
}

/** A record that nobody waits for. */
export function unawaited(number: number, text = ''): JournalRecord {
  const attempt = { job_id: 1, stage: 'map', task_index: number, attempt: 1 } as const;
  return { type: 'attempt_dispatched', attempt, workerId: `n1${text}`, nonce: 'a', atMs: 0 };
}
