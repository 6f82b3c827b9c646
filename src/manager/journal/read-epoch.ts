import type { JournalRecord } from '../scheduler/records.ts';
import { linesOf } from './line.ts';

/** What a newer Muster changes when an older one could not read its journal any more. */
export const JOURNAL_FORMAT_VERSION = 1;

/** The first line of each file. */
export interface EpochHeader {
  readonly type: 'epoch';
  readonly format_version: number;
  readonly epoch: number;
  readonly cluster_id: string;
  /**
   * How many of the records that follow are the state in which the epoch began, on the disk before
   * the file had its name. Null: only claimed, its Manager has not acted.
   */
  readonly snapshot: number | null;
}

/** What one file of the journal says. */
export interface EpochFile {
  readonly header: EpochHeader;
  readonly records: readonly JournalRecord[];
  /** Lines at the end that were still being written. */
  readonly cutLines: number;
}

/** Why a file cannot be used: what the rest of the sentence after its name says. */
export class JournalDamagedError extends Error {
  override readonly name = 'JournalDamagedError';
}

/**
 * Reads a file of the journal. Lines that were never known to be safe may be missing or broken at
 * the end, in any pattern: the disk writes in any order. They are cut. A broken line that a whole
 * one shows to have been safe is a hole, over which nobody may go on.
 * @throws JournalDamagedError
 */
export function readEpoch(content: Uint8Array): EpochFile {
  const records: JournalRecord[] = [];
  let header: EpochHeader | undefined;
  let lines = 0;
  let wholeLines = 0;
  let safe = 0;
  for (const line of linesOf(content)) {
    lines += 1;
    if (!line) continue;
    safe = Math.max(safe, line.synced);
    if (wholeLines !== lines - 1 || line.sequence !== wholeLines) continue;
    wholeLines += 1;
    if (wholeLines === 1) header = headerOf(line.value);
    else records.push(line.value as JournalRecord);
  }
  if (!header) throw new JournalDamagedError('line 1 is damaged');
  if (wholeLines <= safe) {
    throw new JournalDamagedError(
      `line ${String(wholeLines + 1)} is damaged or missing, and was safe on the disk before`,
    );
  }
  return { header, records, cutLines: lines - wholeLines };
}

/** The header alone, from the beginning of the file; undefined where it is damaged. */
export function readHeader(content: Uint8Array): EpochHeader | undefined {
  const { value: first } = linesOf(content).next();
  return first?.sequence === 0 ? headerOf(first.value) : undefined;
}

function headerOf(value: unknown): EpochHeader | undefined {
  const header = value as Partial<EpochHeader> | null;
  return header?.type === 'epoch' ? (header as EpochHeader) : undefined;
}
