import { killGroup } from '../../runtime/programs/kill-group.ts';
import type { GuardLine } from './guard-line.ts';
import type { ProcessEnd, StartedProgram } from '../../runtime/launch/program-starter.ts';

/** A program of which the guard knows for as long as its group lives. */
export class GuardedProgram {
  /** Rejects when no process could be made, or when nobody can see any more how it ends. */
  readonly ended: Promise<ProcessEnd>;
  readonly #announced: Promise<void>;
  readonly #guard: GuardLine;
  #groupId: number | undefined;
  #isGuarded = false;

  constructor(starting: Promise<StartedProgram>, guard: GuardLine) {
    this.#guard = guard;
    this.#announced = starting.then(
      async (started) => {
        await started.announced;
        this.#groupId = started.groupId;
        // Not for the short life of most: both lines cost the guard more than the program us.
        if (!started.hasEnded) this.#add();
      },
      () => undefined,
    );
    this.ended = starting.then((started) => started.ended);
    // Whoever waits for the end hears of a failure; before that it must not end this process.
    this.ended.catch(() => undefined);
  }

  /** Kills it and its group, as soon as there is one. */
  async kill(): Promise<void> {
    await this.#announced;
    if (this.#groupId !== undefined) killGroup(this.#groupId);
  }

  /** Waits until the process is no more, however it ended. */
  async bury(): Promise<void> {
    await this.ended.catch(() => undefined);
    if (this.#isGuarded && this.#groupId !== undefined) this.#guard.remove(this.#groupId);
  }

  #add(): void {
    if (this.#groupId === undefined) return;
    this.#isGuarded = true;
    this.#guard.add(this.#groupId);
  }
}
