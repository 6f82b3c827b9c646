import { closeSync, constants, openSync } from 'node:fs';

/** Most programs have ended by then. */
const FIRST_DELAY_MS = 20;
const DELAY_MAX_MS = 200;

/**
 * Lets a program open `/dev/stdin` after its whole input was written.
 *
 * Opening a FIFO for reading waits until somebody opens it for writing, even while it still holds
 * bytes. `cat /dev/stdin` in a script that needs a moment to get there would hang for ever: our
 * writer has come and gone. So while the program runs, a writer comes and goes again now and then.
 * It writes nothing; a reader sees the end of file as before.
 */
export class LateStdin {
  readonly #reader: number;
  #timer: NodeJS.Timeout | undefined;
  #delayMs = FIRST_DELAY_MS;

  /** @param writer our writing end, still open; undefined comes back where there is no /proc */
  static open(writer: number): LateStdin | undefined {
    try {
      // Keeps a way to the unlinked FIFO. Never read from.
      const path = `/proc/self/fd/${String(writer)}`;
      return new LateStdin(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
    } catch {
      return undefined;
    }
  }

  private constructor(reader: number) {
    this.#reader = reader;
    this.#schedule();
  }

  close(): void {
    clearTimeout(this.#timer);
    closeSync(this.#reader);
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      this.#admit();
      this.#delayMs = Math.min(this.#delayMs * 2, DELAY_MAX_MS);
      this.#schedule();
    }, this.#delayMs);
  }

  #admit(): void {
    const path = `/proc/self/fd/${String(this.#reader)}`;
    try {
      closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
    } catch {
      // Out of descriptors for a moment: the next round admits.
    }
  }
}
