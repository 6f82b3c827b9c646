import type { ConnectionTracker } from './connection-state.ts';
import { directoryProblem, type TokenResult } from './directory-problem.ts';
import type { Outbox } from './outbox.ts';

/**
 * Whether this Worker may take tasks: it must see the Manager's shared directory and not be about
 * to leave. Says so to the Manager with `ready`.
 */
export class Sight {
  readonly #hostName: string;
  readonly #outbox: Outbox;
  readonly #tracker: ConnectionTracker;
  #refusal: string | undefined;

  constructor(hostName: string, outbox: Outbox, tracker: ConnectionTracker) {
    this.#hostName = hostName;
    this.#outbox = outbox;
    this.#tracker = tracker;
  }

  /** Why no task is taken, if none is. */
  get refusal(): string | undefined {
    const blind = this.#tracker.state.state !== 'serving';
    return this.#refusal ?? (blind ? 'This Worker does not see the shared directory' : undefined);
  }

  /** No more tasks, whatever the shared directory looks like; the Manager is told. */
  refuseTasks(reason: string, nowMs: number): void {
    if (this.#refusal === reason) return;
    this.#refusal = reason;
    this.#outbox.post({ message_type: 'ready', problem: reason }, nowMs);
  }

  /** Asks for the token; the outcome comes as `token_read`. */
  look(): void {
    const { registered } = this.#tracker;
    if (!registered) return;
    const { connection, session } = registered;
    const { sharedDirectory } = session;
    this.#outbox.push({ type: 'read_token', connection, sharedDirectory });
  }

  /** Outcome of looking. */
  tokenRead(result: TokenResult, nowMs: number): void {
    const { state } = this.#tracker;
    if (state.state !== 'checking' && state.state !== 'blind') return;
    const problem = directoryProblem(result, state.session, this.#hostName);
    if (problem !== undefined) {
      this.#goBlind(problem, nowMs);
      this.#tracker.recheck(nowMs);
      return;
    }
    this.#tracker.serve();
    const level = state.state === 'blind' ? 'info' : 'debug';
    this.#outbox.log(level, `Sees the Manager's directory "${state.session.sharedDirectory}"`);
    this.#outbox.post({ message_type: 'ready', problem: this.#refusal ?? null }, nowMs);
  }

  /** Looking took too long: a hung mount is as good as none. What comes of it is still awaited. */
  tooLong(nowMs: number): void {
    const { registered } = this.#tracker;
    if (!registered) return;
    const result = { reason: 'no answer from the file system' };
    const problem = directoryProblem(result, registered.session, this.#hostName);
    if (problem !== undefined) this.#goBlind(problem, nowMs);
  }

  /** Until somebody looks again; says so when it is news. */
  #goBlind(problem: string, nowMs: number): void {
    const { state } = this.#tracker;
    const isNews = state.state !== 'blind' || state.problem !== problem;
    this.#tracker.beBlind(problem);
    if (!isNews) return;
    this.#outbox.log('error', problem);
    this.#outbox.post({ message_type: 'ready', problem: this.#refusal ?? problem }, nowMs);
  }
}
