import { closeSync, openSync } from 'node:fs';

/** As many files a merge keeps open, however many it reads. */
const OPEN_MAX = 64;

/**
 * Descriptors of files that are read in turns. When there are too many, the one that was opened first
 * is closed; it is opened again when it is needed.
 */
export class OpenRuns {
  readonly #descriptors = new Map<string, number>();

  /** @throws errors of the file system */
  descriptor(path: string): number {
    const known = this.#descriptors.get(path);
    if (known !== undefined) return known;
    const descriptor = openSync(path, 'r');
    const oldest = this.#descriptors.size < OPEN_MAX ? undefined : this.#descriptors.keys().next();
    if (oldest?.value !== undefined) this.close(oldest.value);
    this.#descriptors.set(path, descriptor);
    return descriptor;
  }

  /** Closes a file if it is open. */
  close(path: string): void {
    const descriptor = this.#descriptors.get(path);
    if (descriptor === undefined) return;
    this.#descriptors.delete(path);
    closeSync(descriptor);
  }

  closeAll(): void {
    for (const path of this.#descriptors.keys()) this.close(path);
  }
}
