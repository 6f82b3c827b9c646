import { EXIT_CODES } from '../runtime/exit-codes.ts';
import { UserError } from '../runtime/user-error.ts';

/** Signals that end a command; SIGHUP only where nothing outlives it. */
export type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** What a shell reports for SIGHUP: 128 and the signal's number. */
const HANGUP_EXIT_CODE = 129;

/** Where signals come from; `process` is one. */
export interface SignalSource {
  on(signal: EndSignal, listener: () => void): unknown;
  off(signal: EndSignal, listener: () => void): unknown;
}

/** A signal ended what was going on before there was a job to wait for. */
class InterruptedError extends UserError {}

type Listener = (signal: EndSignal, count: number) => void;

/**
 * Ctrl-C and SIGTERM of a command that has something to put right before it ends. Counts them, so
 * that the second can mean "at once".
 */
export class Interrupts {
  readonly #source: SignalSource;
  readonly #listeners = new Set<Listener>();
  #first: EndSignal | undefined;
  #count = 0;

  readonly #handlers: ReadonlyMap<EndSignal, () => void>;

  constructor(source: SignalSource, signals: readonly EndSignal[] = ['SIGINT', 'SIGTERM']) {
    this.#source = source;
    this.#handlers = new Map(signals.map((signal) => [signal, () => this.#take(signal)]));
    for (const [signal, handler] of this.#handlers) source.on(signal, handler);
  }

  /** The first signal that came, if any did. */
  get first(): EndSignal | undefined {
    return this.#first;
  }

  /** Calls back for every signal from now on. Returns how to stop that. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * The outcome of `work`, or an error as soon as `count` signals have come.
   * @throws InterruptedError
   */
  async during<T>(work: Promise<T>, count: number, text: string): Promise<T> {
    let stop: (() => void) | undefined;
    const interrupted = new Promise<never>((_, reject) => {
      const check: Listener = (signal) => {
        if (this.#count >= count) reject(new InterruptedError(text, exitCodeOf(signal)));
      };
      stop = this.listen(check);
      if (this.#first !== undefined) check(this.#first, this.#count);
    });
    try {
      return await Promise.race([work, interrupted]);
    } finally {
      stop?.();
    }
  }

  /** Gives the signals back their usual effect. */
  dispose(): void {
    for (const [signal, handler] of this.#handlers) this.#source.off(signal, handler);
  }

  #take(signal: EndSignal): void {
    this.#first ??= signal;
    this.#count += 1;
    for (const listener of this.#listeners) listener(signal, this.#count);
  }
}

/** 130 for Ctrl-C, 143 for SIGTERM, as shells have it. */
export function exitCodeOf(signal: EndSignal): number {
  if (signal === 'SIGHUP') return HANGUP_EXIT_CODE;
  return signal === 'SIGINT' ? EXIT_CODES.interrupted : EXIT_CODES.terminated;
}
