/**
 * Finds the lines of one map's input that its mapper cannot take (`--skip-bad-records`), by what
 * becomes of attempts that are fed only some of them. Pure: line numbers in, line numbers out.
 *
 * Lines are looked for from the front. A prefix that passes is made longer, one that fails shorter,
 * until two differ by one line: that line is bad. So a line may be bad only after certain others,
 * and nothing is asked of the mapper but that it takes any prefix of its input. A line is given up
 * only when the prefix that it ends has failed twice: what fails now and then costs no data.
 */
export class RecordSearch {
  readonly #found: number[];
  #lines: number | undefined;
  /** The lines before this one, without the bad ones, are known to pass; 0: nothing is known. */
  #low: number;
  /** The shortest prefix that is known to fail; undefined: none is, without what was found. */
  #high: number | undefined;
  /** In this search: what made it begin may have had nothing to do with the input. */
  #highFailures = 0;
  /** The prefix to try now. */
  #next: number;
  /** Single lines to try first. */
  #samples: number[] = [];
  /** Some line has passed. */
  #hasPassed = false;
  #contradictions = 0;

  /** @param found lines that are known to be bad already, ascending */
  constructor(found: readonly number[] = []) {
    this.#found = [...found];
    this.#low = 1 + (found.at(-1) ?? -1);
    this.#high = found.length === 0 ? Number.POSITIVE_INFINITY : undefined;
    this.#next = this.#low + 1;
  }

  /** Lines that are bad, ascending. */
  get found(): readonly number[] {
    return this.#found;
  }

  /** What the next attempt is to be fed, without what was found. */
  get question(): Question {
    const [sample] = this.#samples;
    if (sample !== undefined) {
      return { from: sample, to: sample + 1, probe: true, count: false };
    }
    const isCounted = this.#lines !== undefined;
    const isWhole = this.#next === this.#lines;
    return { from: 0, to: this.#next, probe: !isWhole, count: !isCounted };
  }

  /**
   * An attempt that was fed as asked has ended.
   * @param lines how many there are in all; needed once, when the question says `count`
   */
  answer(hasPassed: boolean, lines?: number): Finding {
    if (this.#samples.length > 0) return this.#sampled(hasPassed);
    if (this.#lines === undefined && lines !== undefined) this.#counted(lines);
    return hasPassed ? this.#passed() : this.#failed();
  }

  #counted(lines: number): void {
    this.#lines = lines;
    this.#next = Math.min(this.#next, lines);
    if (this.#high === undefined) return;
    this.#high = lines;
  }

  #passed(): Finding {
    const to = this.#next;
    this.#hasPassed ||= to > this.#found.length;
    if (to === this.#high) {
      // It failed before.
      this.#contradictions += 1;
      if (this.#contradictions > CONTRADICTIONS_MAX) return { kind: 'hopeless', why: 'unsteady' };
      this.#high = undefined;
    }
    this.#low = to;
    return this.#goOn(this.#end);
  }

  #failed(): Finding {
    const to = this.#next;
    this.#highFailures = to === this.#high ? this.#highFailures + 1 : 1;
    this.#high = to;
    // All that is left of the input, of which every line has passed or there is none.
    if (to === this.#low) {
      const isHopeless = this.#highFailures >= FAILURES_OF_BAD_LINE;
      return isHopeless ? { kind: 'hopeless', why: 'without' } : { kind: 'go_on' };
    }
    if (to > this.#low + 1 || this.#highFailures < FAILURES_OF_BAD_LINE) {
      return this.#goOn(this.#end);
    }
    const line = this.#low;
    this.#found.push(line);
    this.#low = to;
    this.#high = undefined;
    this.#planSamples();
    // Bad lines like company: the next one, before all of the rest is tried.
    this.#goOn(Math.min(to + 1, this.#end));
    return { kind: 'isolated', line };
  }

  /** @param unknown the prefix to try when none is known to fail */
  #goOn(unknown: number): Finding {
    const low = this.#low;
    const high = this.#high;
    if (high === undefined) this.#next = unknown;
    else this.#next = high <= low + 1 ? high : low + Math.floor((high - low) / 2);
    return { kind: 'go_on' };
  }

  /** When all that was ever fed was bad, lines from all over tell whether the mapper takes any. */
  #planSamples(): void {
    const rest = this.#end - this.#low;
    if (this.#hasPassed || this.#found.length < LEADING_BEFORE_SAMPLES || rest <= SAMPLES) return;
    this.#samples = Array.from(
      { length: SAMPLES },
      (_, index) => this.#low + Math.floor(((index + 0.5) * rest) / SAMPLES),
    );
  }

  #sampled(hasPassed: boolean): Finding {
    this.#samples = hasPassed ? [] : this.#samples.slice(1);
    this.#hasPassed ||= hasPassed;
    const isHopeless = !hasPassed && this.#samples.length === 0;
    return isHopeless ? { kind: 'hopeless', why: 'always' } : { kind: 'go_on' };
  }

  get #end(): number {
    return this.#lines ?? Number.POSITIVE_INFINITY;
  }
}

/** Lines are numbered from 0, through all pieces of the input. */
export interface Question {
  readonly from: number;
  /** The line after the last. */
  readonly to: number;
  /** Only to see whether it passes: it is not the whole input. */
  readonly probe: boolean;
  /** How many lines there are is not known yet. */
  readonly count: boolean;
}

export type Finding =
  | { readonly kind: 'go_on' }
  | { readonly kind: 'isolated'; readonly line: number }
  | {
      readonly kind: 'hopeless';
      /**
       * `without`: it fails without every line that could be to blame. `always`: it fails at
       * whatever line it gets. `unsteady`: what fails once passes at another time.
       */
      readonly why: 'without' | 'always' | 'unsteady';
    };

const FAILURES_OF_BAD_LINE = 2;
const CONTRADICTIONS_MAX = 3;
/**
 * A mapper that always fails must not be tried for ever: two charged attempts, these lines twice
 * each, the samples, and what is left when there are fewer of those, are less than 30 attempts.
 */
const LEADING_BEFORE_SAMPLES = 5;
const SAMPLES = 8;
