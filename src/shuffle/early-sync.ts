import { closeSync, fdatasync } from 'node:fs';

/** So much is written before the disk is told to begin with it. */
const SYNC_EVERY_BYTES = 16 * 1024 * 1024;

/**
 * Has a file's content go to the disk while it is still being written: all of it is synced before it
 * is published, and whoever does that then waits for its end only. Owns the descriptor.
 */
export class EarlySync {
  readonly #fd: number;
  readonly #sync: typeof fdatasync;
  #unsyncedBytes = 0;
  #underWay: Promise<void> | undefined;
  #failure: Error | undefined;

  constructor(fd: number, sync = fdatasync) {
    this.#fd = fd;
    this.#sync = sync;
  }

  /** So many bytes more are in the file. */
  wrote(bytes: number): void {
    this.#unsyncedBytes += bytes;
    if (this.#unsyncedBytes < SYNC_EVERY_BYTES || this.#underWay) return;
    this.#unsyncedBytes = 0;
    this.#underWay = new Promise((resolve) => {
      this.#sync(this.#fd, (error) => {
        this.#failure ??= error ?? undefined;
        this.#underWay = undefined;
        resolve();
      });
    });
  }

  /**
   * Waits until no sync is under way.
   * @throws what a sync failed with: the system tells each failure once, so that one later would hide it
   */
  async settled(): Promise<void> {
    await this.#underWay;
    if (this.#failure) throw this.#failure;
  }

  /** Closes the descriptor, as soon as no sync uses it. */
  close(): void {
    if (this.#underWay) void this.#underWay.then(() => closeSync(this.#fd));
    else closeSync(this.#fd);
  }
}
