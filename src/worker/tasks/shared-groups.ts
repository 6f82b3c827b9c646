import { killGroup } from '../../runtime/programs/kill-group.ts';
import type { GuardLine } from '../program/guard-line.ts';

/** A slot runs a mapper and a combiner at once, each by a launcher; the rest is room for mistakes. */
const PLACES = 16;

/**
 * The process groups of one slot, in memory that its thread and the main thread share: when the
 * thread dies the main thread can still kill them.
 */
export class SharedGroups implements GuardLine {
  readonly memory: SharedArrayBuffer;
  readonly #places: Int32Array;

  constructor(memory = new SharedArrayBuffer(PLACES * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#places = new Int32Array(memory);
  }

  add(groupId: number): void {
    this.#replace(0, groupId);
  }

  remove(groupId: number): void {
    this.#replace(groupId, 0);
  }

  /** For launchers, which lead groups of their own too. */
  get launchers(): GuardLine {
    return {
      add: (processId) => {
        this.#replace(0, -processId);
      },
      remove: (processId) => {
        this.#replace(-processId, 0);
      },
    };
  }

  /**
   * Kills all that live now. A launcher that is asked to end takes along what it has just started
   * and not announced yet.
   */
  kill(): void {
    for (const place of this.#places) if (place < 0) endLauncher(-place);
    for (const place of this.#places) if (place > 0) killGroup(place);
  }

  #replace(before: number, after: number): void {
    const place = this.#places.indexOf(before);
    if (place >= 0) Atomics.store(this.#places, place, after);
  }
}

function endLauncher(processId: number): void {
  try {
    process.kill(processId, 'SIGTERM');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
