/**
 * What the journal asks of a disk, one directory of it. A seam: the simulator runs the same journal
 * over a disk in memory, whose crashes drop every byte and every name that was not synced.
 * All calls reject with errors that carry a system `code`, such as `ENOSPC`.
 */
export interface JournalDisk {
  /** For people: where a file of this directory lies. */
  pathOf(name: string): string;
  /** All names of the directory, in any order. */
  list(): Promise<readonly string[]>;
  /** The content of a file, or its first `maxBytes`. */
  read(name: string, maxBytes?: number): Promise<Uint8Array>;
  /** A new empty file; one of the same name is emptied. */
  create(name: string): Promise<JournalFile>;
  /** A second name for a file. Rejects with `EEXIST` where `name` is taken: nothing is replaced. */
  link(existing: string, name: string): Promise<void>;
  /** Replaces `to` at once, if there is one. */
  rename(from: string, to: string): Promise<void>;
  /** A file that is not there is removed. */
  remove(name: string): Promise<void>;
  /** Makes names durable, as syncing a file makes its bytes. */
  syncDirectory(): Promise<void>;
}

/** A file that is being written. */
export interface JournalFile {
  /** @returns how many bytes were written, which may be fewer */
  write(bytes: Uint8Array, position: number): Promise<number>;
  /** Makes what was written durable. */
  sync(): Promise<void>;
  close(): Promise<void>;
}
