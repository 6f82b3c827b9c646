/** A message that the Manager has not acknowledged yet. */
interface Outstanding {
  readonly number: number;
  readonly sentAtMs: number;
}

/** Unacknowledged for so many heartbeat intervals, a message condemns its connection. */
const UNACKNOWLEDGED_INTERVALS = 2;
/** After so many intervals without a word from the Manager, ask for one. */
const SILENT_INTERVALS = 5;

/**
 * Numbers the Worker's messages and watches which of them the Manager has acknowledged.
 *
 * Numbers run on for the life of the process. What was outstanding when a connection ended is
 * forgotten: the next registration says anew what this Worker has. An idle connection is probed, so
 * that one whose other end vanished without a trace is found out too.
 */
export class Acknowledgement {
  #sent = 0;
  #outstanding: Outstanding[] = [];
  #heardAtMs = 0;

  /** Number of the last message sent; 0 before the first. */
  get sent(): number {
    return this.#sent;
  }

  /** A connection begins: nothing is outstanding on it. */
  open(nowMs: number): void {
    this.#outstanding = [];
    this.#heardAtMs = nowMs;
  }

  /** The number for a message that is sent now. */
  next(nowMs: number): number {
    this.#sent += 1;
    this.#outstanding.push({ number: this.#sent, sentAtMs: nowMs });
    return this.#sent;
  }

  /** Something came from the Manager. */
  heard(nowMs: number): void {
    this.#heardAtMs = nowMs;
  }

  /** The Manager has received everything up to this number. */
  acknowledge(upTo: number): void {
    const left = this.#outstanding.findIndex((message) => message.number > upTo);
    this.#outstanding = left === -1 ? [] : this.#outstanding.slice(left);
  }

  /** Age of the oldest unacknowledged message; 0 when there is none. */
  oldestAgeMs(nowMs: number): number {
    const oldest = this.#outstanding[0];
    return oldest === undefined ? 0 : Math.max(0, nowMs - oldest.sentAtMs);
  }

  /** When the connection has to be given up; undefined while nothing is outstanding. */
  overdueAtMs(intervalMs: number): number | undefined {
    const oldest = this.#outstanding[0];
    return oldest && oldest.sentAtMs + UNACKNOWLEDGED_INTERVALS * intervalMs;
  }

  /** When to ask for a sign of life; undefined while an answer is awaited anyway. */
  probeAtMs(intervalMs: number): number | undefined {
    if (this.#outstanding.length > 0) return undefined;
    return this.#heardAtMs + SILENT_INTERVALS * intervalMs;
  }

  /** This process stood still: no message is so much older for it. */
  excuse(pauseMs: number): void {
    this.#heardAtMs += pauseMs;
    this.#outstanding = this.#outstanding.map((message) => ({
      number: message.number,
      sentAtMs: message.sentAtMs + pauseMs,
    }));
  }
}
