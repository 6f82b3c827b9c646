import type { JobEvent } from '../../protocol/job-report.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ShowOptions } from '../read-options.ts';
import { allowsBars, paint, type Terminal, type Tone } from '../terminal.ts';
import { type EventContext, eventLine } from './event-line.ts';
import { progressLine } from './progress-text.ts';
import { type ProgressSnapshot, StageMeter } from './stage-meter.ts';
import { WaitingLines } from './waiting-lines.ts';

/** What a waiting client shows of a job, on stderr. */
export interface JobView {
  event(event: JobEvent): void;
  /** One line for people; nothing with `--quiet`. */
  say(line: string, tone?: Tone): void;
  /** One line that `--quiet` shows too. */
  complain(line: string, tone?: Tone): void;
  /** Removes what moves; lines go on. */
  stop(): void;
}

/** Shows snapshots of the progress in its own way. */
export interface ProgressDisplay {
  show(snapshot: ProgressSnapshot): void;
  /** Prints a line so that it does not mix with what moves. */
  print(line: string): void;
  stop(): void;
}

/** Time between two lines of progress in a log. */
const LINE_INTERVAL_MS = 5_000;

export interface JobViewOptions {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly show: Pick<ShowOptions, 'quiet' | 'progress'>;
  readonly context: EventContext;
}

/** Bars on a terminal, a line every few seconds elsewhere, only errors with `--quiet`. */
export async function openJobView(options: JobViewOptions): Promise<JobView> {
  return new StandardJobView(options, await openDisplay(options));
}

async function openDisplay({
  terminal,
  clock,
  show,
  context,
}: JobViewOptions): Promise<ProgressDisplay> {
  if (show.quiet || !show.progress) return new NoProgress(terminal);
  if (!allowsBars(terminal)) return new ProgressLines(terminal, clock, context.job);
  const { ProgressBars } = await import('./progress-bars.ts');
  return new ProgressBars(terminal.stderr);
}

class StandardJobView implements JobView {
  readonly #options: JobViewOptions;
  readonly #display: ProgressDisplay;
  readonly #meter = new StageMeter();
  readonly #waiting: WaitingLines;
  /** Warnings come with the acceptance, as events and in the report; each is news once. */
  readonly #warnings = new Set<string>();

  constructor(options: JobViewOptions, display: ProgressDisplay) {
    this.#options = options;
    this.#display = display;
    this.#waiting = new WaitingLines(LINE_INTERVAL_MS);
  }

  event(event: JobEvent): void {
    const nowMs = this.#options.clock.nowMs();
    if (event.kind === 'progress') {
      this.#display.show(this.#meter.measure(event, nowMs));
      return;
    }
    const line = eventLine(event, this.#options.context);
    if (line === undefined || !this.#waiting.mayShow(event, nowMs)) return;
    this.say(line, toneOf(event));
    if (event.kind !== 'accepted') return;
    for (const warning of event.plan.warnings) this.say(`Warning: ${warning}`, 'warning');
  }

  say(line: string, tone: Tone = 'plain'): void {
    if (this.#options.show.quiet || this.#warnings.has(line)) return;
    if (line.startsWith('Warning: ')) this.#warnings.add(line);
    this.complain(line, tone);
  }

  complain(line: string, tone: Tone = 'plain'): void {
    this.#display.print(paint(this.#options.terminal, line, tone));
  }

  stop(): void {
    this.#display.stop();
  }
}

function toneOf(event: JobEvent): Tone {
  if (event.kind === 'attempt_failed') return 'bad';
  return event.kind === 'accepted' ? 'plain' : 'warning';
}

/** Lines only. */
class NoProgress implements ProgressDisplay {
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(_snapshot: ProgressSnapshot): void {
    // Nothing moves here.
  }

  print(line: string): void {
    this.#terminal.stderr.write(`${line}\n`);
  }

  stop(): void {
    // Nothing to remove.
  }
}

/** For logs and pipes: a job that is over within seconds shows none. */
class ProgressLines extends NoProgress {
  readonly #clock: Clock;
  readonly #job: string;
  #lastMs: number;

  constructor(terminal: Terminal, clock: Clock, job: string) {
    super(terminal);
    this.#clock = clock;
    this.#job = job;
    this.#lastMs = clock.nowMs();
  }

  override show({ stages, status }: ProgressSnapshot): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#lastMs < LINE_INTERVAL_MS) return;
    this.#lastMs = nowMs;
    this.print(progressLine(this.#job, stages, status));
  }
}
