import type { BoundedLog } from './bounded-log.ts';
import type { Counters } from './counters.ts';
import { joinBytes } from './join-bytes.ts';

const NEWLINE = 0x0a;
const REPORTER = new TextEncoder().encode('reporter:');
const ONE_NEWLINE = Uint8Array.of(NEWLINE);
const NOTHING = new Uint8Array(0);
const COUNTER_PREFIX = 'reporter:counter:';
const STATUS_PREFIX = 'reporter:status:';
/** No report is longer: a longer line goes to the log as it comes. */
const REPORT_BYTES_MAX = 16 * 1024;
const STATUS_CHARACTERS_MAX = 200;

/** Reads the stderr of one program: reports are taken out, all else goes to the log. */
export class StderrLines {
  readonly #counters: Counters;
  readonly #log: Pick<BoundedLog, 'write'>;
  readonly #onStatus: (status: string) => void;
  /** The start of a line whose end has not come. */
  #partial: Uint8Array = NOTHING;
  /** The current line is no report: the rest of it passes. */
  #passing = false;

  constructor(options: {
    counters: Counters;
    log: Pick<BoundedLog, 'write'>;
    onStatus: (text: string) => void;
  }) {
    this.#counters = options.counters;
    this.#log = options.log;
    this.#onStatus = options.onStatus;
  }

  /** Takes the next bytes, cut anywhere. Throws what {@link Counters.add} throws. */
  write(chunk: Uint8Array): void {
    let start = 0;
    while (start < chunk.length) {
      const newline = chunk.indexOf(NEWLINE, start);
      const end = newline < 0 ? chunk.length : newline + 1;
      this.#take(chunk.subarray(start, end), newline >= 0);
      start = end;
    }
  }

  /** The stream has ended: a last line without a newline is a line. */
  end(): void {
    if (this.#partial.length > 0) this.#take(ONE_NEWLINE, true);
    else if (this.#passing) this.#log.write(ONE_NEWLINE);
    this.#passing = false;
  }

  #take(bytes: Uint8Array, complete: boolean): void {
    if (this.#passing) this.#log.write(bytes);
    else
      this.#decide(
        this.#partial.length === 0 ? bytes : joinBytes([this.#partial, bytes]),
        complete,
      );
    if (complete) this.#passing = false;
  }

  #decide(line: Uint8Array, complete: boolean): void {
    this.#partial = NOTHING;
    const mayReport = line.length <= REPORT_BYTES_MAX && startsLikeReport(line);
    if (mayReport && !complete) {
      this.#partial = joinBytes([line]);
    } else if (!mayReport || !this.#report(line)) {
      this.#log.write(line);
      this.#passing = true;
    }
  }

  #report(line: Uint8Array): boolean {
    const text = new TextDecoder().decode(line.subarray(0, -1)).replace(/\r$/, '');
    if (text.startsWith(COUNTER_PREFIX)) {
      return this.#counters.add(text.slice(COUNTER_PREFIX.length));
    }
    if (!text.startsWith(STATUS_PREFIX)) return false;
    this.#onStatus(text.slice(STATUS_PREFIX.length).trim().slice(0, STATUS_CHARACTERS_MAX));
    return true;
  }
}

/** Whether this is, or may yet become, a line of the reporter. */
function startsLikeReport(line: Uint8Array): boolean {
  const length = Math.min(line.length, REPORTER.length);
  for (let i = 0; i < length; i += 1) if (line[i] !== REPORTER[i]) return false;
  return true;
}
