import type { JournalRecord } from '../scheduler/records.ts';
import type { JournalDisk, JournalFile } from './journal-disk.ts';
import { encodeLine } from './line.ts';
import { storedForm } from './stored-form.ts';
import { type EpochHeader, JOURNAL_FORMAT_VERSION } from './read-epoch.ts';

/** Whose epoch it is. */
export interface EpochIdentity {
  readonly epoch: number;
  readonly clusterId: string;
}

/** A file with all its lines on the disk, open at its end. */
export interface WrittenEpoch {
  readonly file: JournalFile;
  readonly bytes: number;
  /** Of the next line. */
  readonly sequence: number;
}

const LINES_PER_WRITE = 1000;

/**
 * Writes a whole file and makes its bytes, not its name, durable: header, the state that the epoch
 * begins with, and records that were on their way when the state was taken.
 * @param snapshot null for a claim, which has nothing but a header
 */
export async function writeEpoch(
  disk: JournalDisk,
  name: string,
  identity: EpochIdentity,
  snapshot: readonly JournalRecord[] | null,
  following: readonly JournalRecord[] = [],
): Promise<WrittenEpoch> {
  const file = await disk.create(name);
  try {
    const synced = snapshot?.length ?? 0;
    const records = [...(snapshot ?? []), ...following];
    // Nobody reads the file under its own name before all of the snapshot is safe.
    const header = encodeLine(0, synced, JSON.stringify(headerOf(identity, snapshot)));
    let bytes = await writeFully(file, Buffer.from(header), 0);
    for (let from = 0; from < records.length; from += LINES_PER_WRITE) {
      const block = records.slice(from, from + LINES_PER_WRITE);
      bytes = await writeFully(file, encodeRecords(block, from + 1, synced), bytes);
    }
    await file.sync();
    return { file, bytes, sequence: records.length + 1 };
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
}

function headerOf(
  { epoch, clusterId }: EpochIdentity,
  snapshot: readonly JournalRecord[] | null,
): EpochHeader {
  return {
    type: 'epoch',
    format_version: JOURNAL_FORMAT_VERSION,
    epoch,
    cluster_id: clusterId,
    snapshot: snapshot?.length ?? null,
  };
}

/** Lines of records, in one piece. */
export function encodeRecords(
  records: readonly JournalRecord[],
  sequence: number,
  synced: number,
): Buffer {
  let text = '';
  for (const [index, record] of records.entries()) {
    text += encodeLine(sequence + index, synced, JSON.stringify(storedForm(record)));
  }
  return Buffer.from(text);
}

/**
 * Writes all of it at `position`, over whatever an earlier try left there.
 * @returns where it ends
 */
export async function writeFully(
  file: JournalFile,
  bytes: Uint8Array,
  position: number,
): Promise<number> {
  for (let done = 0; done < bytes.length;) {
    const written = await file.write(bytes.subarray(done), position + done);
    if (written <= 0) throw new Error('nothing was written');
    done += written;
  }
  return position + bytes.length;
}
