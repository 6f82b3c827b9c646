import type { Dice } from './dice.ts';
import type { SimProcess } from './sim-process.ts';

/** On which side of the effect of a call. */
export type Side = 'before' | 'after';

export type Death = 'killed' | 'power cut';

/** Calls on one of these places; `everywhere` is any call. */
const PLACES = { journal: '/shared/journal', output: '/out', everywhere: '/' } as const;

const PLACE_NAMES = ['journal', 'journal', 'output', 'everywhere'] as const;

/** More calls than a Manager makes between its start and its first order. */
const CALLS_AHEAD_MAX = 12;

/** What lies in wait for one call. */
interface Trap {
  readonly place: keyof typeof PLACES;
  readonly side: Side;
  readonly death: Death;
  callsLeft: number;
}

/**
 * Lets a Manager die exactly at a call of the disk, so that every write, sync, link and rename of the
 * journal and of publishing comes to be the last one, done or not.
 */
export class Ambush {
  readonly #dice: Dice;
  readonly #spring: (process: SimProcess, death: Death, side: Side) => void;
  #trap: Trap | undefined;

  constructor(
    dice: Dice,
    /** The process ends at once. */
    spring: (process: SimProcess, death: Death, side: Side) => void,
  ) {
    this.#dice = dice;
    this.#spring = spring;
  }

  /** @returns false where another one lies in wait already */
  lay(death: Death): boolean {
    if (this.#trap) return false;
    const dice = this.#dice;
    this.#trap = {
      place: dice.pick(PLACE_NAMES),
      side: dice.pick<Side>(['before', 'after']),
      death,
      callsLeft: dice.whole(1, CALLS_AHEAD_MAX),
    };
    return true;
  }

  disarm(): void {
    this.#trap = undefined;
  }

  /** @returns whether the process has just died, here */
  strikes(side: Side, path: string, process: SimProcess): boolean {
    const trap = this.#trap;
    if (!trap || side !== trap.side || !path.startsWith(PLACES[trap.place])) return false;
    trap.callsLeft -= 1;
    if (trap.callsLeft > 0) return false;
    this.#trap = undefined;
    this.#spring(process, trap.death, side);
    return true;
  }
}
