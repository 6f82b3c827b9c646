/** Half of a pipe on Linux: a program that reads or writes so much meanwhile does not wait for us. */
const HALF_PIPE_BYTES = 32_768;
/** Longer is not worth it: other streams of the slot wait meanwhile. */
const REST_MS_MAX = 1;
/** For less this thread would sleep longer than it wanted to, and keep a fast program waiting. */
const REST_MS_MIN = 0.4;
/** A rest in which no more than this comes together saves nothing. */
const GAIN_BYTES_MIN = 8192;
/** Of a program that has moved less nobody knows how fast it is, and it may be over soon. */
const WARM_UP_BYTES = 1024 * 1024;
/** Weight of the newest rate in the average. */
const NEWEST = 0.25;

const NEVER_WOKEN = new Int32Array(new SharedArrayBuffer(4));

/**
 * Many programs write 4 KiB at a time, and waking this thread for each costs more than all else that
 * is done with so few bytes. So it rests between two looks at a program's output, as long as the
 * program needs for half a pipe by the rate of both its pipes, and finds more at once. Of its input
 * it must never run out: there a rest costs more than it saves.
 */
export class Pace {
  readonly #rest: (ms: number) => void;
  readonly #nowMs: () => number;
  #movedBytes = 0;
  #sinceMs: number;
  #sinceBytes = 0;
  #bytesPerMs = 0;

  /** @param options for tests: how to rest and what time it is, in ms */
  constructor(
    options: { readonly rest?: (ms: number) => void; readonly nowMs?: () => number } = {},
  ) {
    this.#rest = options.rest ?? restNow;
    this.#nowMs = options.nowMs ?? ((): number => performance.now());
    this.#sinceMs = this.#nowMs();
  }

  /** So many bytes went into the program or came from it. */
  moved(bytes: number): void {
    this.#movedBytes += bytes;
    this.#sinceBytes += bytes;
  }

  /**
   * Lets the program get ahead, after all that its pipe held was taken.
   *
   * @returns false when there is no use in it: then wait for the pipe
   */
  rest(): boolean {
    this.#measure();
    if (this.#movedBytes < WARM_UP_BYTES) return false;
    const ms = Math.min(REST_MS_MAX, HALF_PIPE_BYTES / this.#bytesPerMs);
    if (ms < REST_MS_MIN || ms * this.#bytesPerMs < GAIN_BYTES_MIN) return false;
    this.#rest(ms);
    return true;
  }

  #measure(): void {
    const nowMs = this.#nowMs();
    const elapsedMs = Math.max(nowMs - this.#sinceMs, 0.001);
    this.#bytesPerMs += NEWEST * (this.#sinceBytes / elapsedMs - this.#bytesPerMs);
    this.#sinceMs = nowMs;
    this.#sinceBytes = 0;
  }
}

function restNow(ms: number): void {
  Atomics.wait(NEVER_WOKEN, 0, 0, ms);
}
