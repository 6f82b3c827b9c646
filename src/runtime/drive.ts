import type { Clock } from './clock.ts';
import type { Core } from './core.ts';

/** What a core needs around it. */
export interface DriveOptions<Event, Command> {
  /** Performs one command, or starts it; outcomes come back through `push`. Must not throw. */
  readonly perform: (command: Command) => void;
  readonly clock: Clock;
  /** The event that says "a deadline may have passed". */
  readonly tickEvent: Event;
  /** The event for a standstill of this very process; left out, pauses are not reported. */
  readonly pausedEvent?: (pauseMs: number) => Event;
  /** A gap in the event loop longer than this is a pause. Default {@link PAUSE_THRESHOLD_MS}. */
  readonly pauseThresholdMs?: number;
  /** Sees every step, for recording: the same events at the same times give the same commands. */
  readonly onStep?: (event: Event, nowMs: number, commands: readonly Command[]) => void;
  /** The core or `perform` threw: a bug. The driver has stopped; the process should end with 70. */
  readonly onBug: (error: unknown) => void;
}

export interface Driver<Event> {
  /** Hands an event to the core, at once or after the events before it. Ignored once stopped. */
  push(event: Event): void;
  /** No more events, no more ticks. */
  stop(): void;
}

const PAUSE_THRESHOLD_MS = 2_000;
/** Then the sockets are read: of datagrams Node takes 32 a turn, and heartbeats must not pile up. */
const STEPS_IN_A_ROW = 64;
/** With more events than these to be stepped the sockets wait: who floods us is slowed down. */
const WAITING_MAX = 10_000;

/**
 * Runs a pure core: events queue up and are stepped one at a time, commands are performed in order,
 * and exactly one real timer stands for all the core's deadlines. However many events come at once,
 * sockets are read every few milliseconds.
 *
 * A deadline is judged only after the sockets were read, so that a sign of life that is already
 * here counts. While a deadline is set the timer wakes at least twice in `pauseThresholdMs`: a
 * longer gap means that this process stood still (SIGSTOP, a blocked loop), which the core learns
 * before anything else, or it would blame the peers.
 */
export function drive<Event, Command>(
  core: Core<Event, Command>,
  options: DriveOptions<Event, Command>,
): Driver<Event> {
  return new LoopDriver(core, options);
}

class LoopDriver<Event, Command> implements Driver<Event> {
  readonly #core: Core<Event, Command>;
  readonly #options: DriveOptions<Event, Command>;
  readonly #pauseThresholdMs: number;
  #queue: Event[] = [];
  #draining = false;
  /** The rest of the queue waits until the sockets were read. */
  #yielding = false;
  #stepsInARow = 0;
  #stopped = false;
  #cancelTimer: (() => void) | undefined;
  #timerAtMs = Infinity;
  /** The timer has fired and its tick waits for the sockets. */
  #waking = false;
  /** When the loop last showed that it runs; undefined while nothing would have woken it. */
  #seenMs: number | undefined;

  constructor(core: Core<Event, Command>, options: DriveOptions<Event, Command>) {
    this.#core = core;
    this.#options = options;
    this.#pauseThresholdMs = options.pauseThresholdMs ?? PAUSE_THRESHOLD_MS;
    this.#arm();
  }

  push(event: Event): void {
    if (this.#stopped) return;
    if (!this.#draining) this.#notePause();
    this.#queue.push(event);
    this.#drain();
  }

  stop(): void {
    this.#stopped = true;
    this.#queue = [];
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** Re-entrant calls only queue: a command is never performed inside another. */
  #drain(): void {
    if (this.#draining || this.#yielding) return;
    this.#draining = true;
    try {
      let done = 0;
      for (; done < this.#queue.length; done += 1) {
        if (this.#isTimeToYield(this.#queue.length - done)) break;
        this.#step(this.#queue[done] as Event);
      }
      // A new one: to empty this one takes the engine longer than most events do.
      this.#queue = this.#queue.slice(done);
      this.#arm();
    } catch (error) {
      this.stop();
      this.#options.onBug(error);
    } finally {
      this.#draining = false;
    }
  }

  #isTimeToYield(waiting: number): boolean {
    if (waiting > WAITING_MAX || this.#stepsInARow < STEPS_IN_A_ROW) {
      this.#stepsInARow += 1;
      return false;
    }
    this.#stepsInARow = 0;
    this.#yielding = true;
    this.#options.clock.afterSockets(() => {
      this.#yielding = false;
      this.#drain();
    });
    return true;
  }

  #step(event: Event): void {
    const nowMs = this.#options.clock.nowMs();
    const commands = this.#core.step(event, nowMs);
    this.#options.onStep?.(event, nowMs, commands);
    for (const command of commands) {
      // A command may have been "exit".
      if (this.#stopped) return;
      this.#options.perform(command);
    }
  }

  #notePause(): void {
    const nowMs = this.#options.clock.nowMs();
    const gapMs = this.#seenMs === undefined ? 0 : nowMs - this.#seenMs;
    if (this.#seenMs !== undefined) this.#seenMs = nowMs;
    if (gapMs > this.#pauseThresholdMs && this.#options.pausedEvent) {
      this.#queue.push(this.#options.pausedEvent(gapMs));
    }
  }

  /** Leaves an earlier timer as it is: waking up too soon costs less than re-arming every event. */
  #arm(): void {
    if (this.#stopped || this.#waking) return;
    const deadlineMs = this.#core.nextDeadlineMs();
    if (deadlineMs === undefined) {
      this.#disarm();
      return;
    }
    const nowMs = this.#options.clock.nowMs();
    this.#seenMs ??= nowMs;
    const wakeAtMs = Math.max(nowMs, Math.min(deadlineMs, nowMs + this.#pauseThresholdMs / 2));
    if (this.#cancelTimer && this.#timerAtMs <= wakeAtMs) return;
    this.#cancelTimer?.();
    this.#timerAtMs = wakeAtMs;
    this.#cancelTimer = this.#options.clock.setTimer(wakeAtMs - nowMs, () => this.#wake());
  }

  #disarm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#timerAtMs = Infinity;
    this.#seenMs = undefined;
  }

  #wake(): void {
    this.#cancelTimer = undefined;
    this.#timerAtMs = Infinity;
    this.#waking = true;
    this.#options.clock.afterSockets(() => this.#tick());
  }

  #tick(): void {
    this.#waking = false;
    if (this.#stopped) return;
    this.#notePause();
    const deadlineMs = this.#core.nextDeadlineMs();
    const due = deadlineMs !== undefined && deadlineMs <= this.#options.clock.nowMs();
    if (due && this.#queue.length === 0) this.#queue.push(this.#options.tickEvent);
    this.#drain();
  }
}
