import { killGroup } from '../../runtime/programs/kill-group.ts';
import type { GuardLine } from './guard-line.ts';
import type { Feeder, ProcessEnd, StartedProgram } from '../../runtime/launch/program-starter.ts';

/** A program of which the guard knows for as long as its group lives. */
export class GuardedProgram {
  /** Rejects when no process could be made, or when nobody can see any more how it ends. */
  readonly ended: Promise<ProcessEnd>;
  readonly #announced: Promise<void>;
  readonly #guard: GuardLine;
  #started: StartedProgram | undefined;
  #isGuarded = false;

  /** @param onFeeder called when the program's feeder runs, if it has one */
  constructor(
    starting: Promise<StartedProgram>,
    guard: GuardLine,
    onFeeder: (feeder: Feeder) => void,
  ) {
    this.#guard = guard;
    this.#announced = starting.then(
      async (started) => {
        await started.announced;
        this.#started = started;
        if (started.feeder) onFeeder(started.feeder);
        // Both lines would cost more than they are worth for what has ended already.
        if (!started.hasEnded || started.feeder) this.#add();
      },
      () => undefined,
    );
    this.ended = starting.then((started) => started.ended);
    // Whoever waits for the end hears of a failure; before that it must not end this process.
    this.ended.catch(() => undefined);
  }

  /** Kills it and its group, as soon as there is one; then its feeder. */
  async kill(): Promise<void> {
    await this.#announced;
    for (const groupId of this.#groups) killGroup(groupId);
  }

  /** Waits until the processes are no more, however they ended. */
  async bury(): Promise<void> {
    await this.ended.catch(() => undefined);
    await this.#started?.feeder?.ended;
    if (this.#isGuarded) for (const groupId of this.#groups) this.#guard.remove(groupId);
  }

  #add(): void {
    this.#isGuarded = true;
    for (const groupId of this.#groups) this.#guard.add(groupId);
  }

  get #groups(): readonly number[] {
    const groups = [this.#started?.groupId, this.#started?.feeder?.groupId];
    return groups.filter((groupId) => groupId !== undefined);
  }
}
