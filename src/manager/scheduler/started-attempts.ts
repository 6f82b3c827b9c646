import type { TaskStage } from '../../protocol/ids.ts';
import type { Attempt } from './task.ts';

/** Attempts of one job whose programs run, for whoever looks for those that run too long. */
export class StartedAttempts {
  readonly #byStage = { map: new Set<Attempt>(), reduce: new Set<Attempt>() };
  /** Workers on which an attempt ran so long that it got a backup, unless it was first after all. */
  readonly slowWorkers = new Set<string>();
  /** Backup attempts that Workers have. */
  backups = 0;
  /** When somebody looked last. */
  lookedAtMs = Number.NEGATIVE_INFINITY;
  /** When to look again, should nothing happen before; in the past: not known. */
  nextLookMs = 0;

  add(attempt: Attempt): void {
    this.#byStage[attempt.ref.stage].add(attempt);
  }

  /** It has ended, or its end is near. */
  remove(attempt: Attempt): void {
    this.#byStage[attempt.ref.stage].delete(attempt);
  }

  /** In the order they were started. */
  of(stage: TaskStage): Iterable<Attempt> {
    return this.#byStage[stage];
  }

  /** When the one that has run longest was started; undefined where none runs. */
  oldestMs(stage: TaskStage): number | undefined {
    for (const attempt of this.#byStage[stage]) return attempt.startedAtMs;
    return undefined;
  }
}
