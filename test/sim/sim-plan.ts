import { withBadLines } from './bad-lines.ts';
import { Dice } from './dice.ts';
import { type JobScript, makeScript } from './job-script.ts';
import type { Weather } from './network.ts';
import type { DiskHealth } from './sim-files.ts';

/** How rough a simulation is. */
export type Sort =
  /** No fault at all: each task runs exactly once. */
  | 'clean'
  /** Faults that cost no attempt: pauses and restarts of the Manager, datagrams lost. */
  | 'gentle'
  /** Everything. */
  | 'stormy';

export interface WorkerPlan {
  readonly slots: number;
  readonly slowness: number;
  readonly joinsAtMs: number;
}

/** What one seed stands for. All of it follows from the seed. */
export interface SimPlan {
  readonly seed: number;
  readonly sort: Sort;
  readonly scripts: readonly JobScript[];
  readonly workers: readonly WorkerPlan[];
  readonly weather: Weather;
  readonly health: DiskHealth;
  /** Calls of the disk are quick until then. */
  readonly stallsFromMs: number;
  readonly faults: number;
  /** From then on nothing bad happens. */
  readonly healAtMs: number;
}

export const CLEAR: Weather = {
  latencyMsMax: 2,
  datagramLoss: 0,
  datagramTwice: 0,
  datagramDelayMsMax: 0,
};

export const HEALTHY: DiskHealth = {
  latencyMsMax: 1,
  stall: 0,
  unseen: 0,
  eio: 0,
  isFull: false,
  shortWrite: 0,
};

export function planOfSeed(seed: number, dice: Dice): SimPlan {
  const plan = plainPlan(seed, dice);
  if (plan.sort !== 'stormy') return plan;
  if (dice.chance(0.1)) return raceOf(plan, dice);
  return searchOf(plan, new Dice(seed ^ SEARCHES)) ?? plan;
}

const SEARCHES = 0x5ea4c4;

/** Programs that fail at some lines of their input and at nothing else. */
function searchOf(plan: SimPlan, dice: Dice): SimPlan | undefined {
  if (!dice.chance(0.08)) return undefined;
  const wishes = { isGentle: true, submitWithinMs: 8000 };
  const scripts = plan.scripts.map((_, number) => {
    const script = makeScript(number, dice, wishes);
    return script.maps === 0 ? script : withBadLines({ ...script, taskMsMax: 500 }, dice);
  });
  return { ...plan, scripts };
}

/** About when tasks become overdue that went out at once. */
const SECOND_ATTEMPTS_FROM_MS = 10_000;

/** A Worker so slow that others make its work good, on a disk so slow that both may end meanwhile. */
function raceOf(plan: SimPlan, dice: Dice): SimPlan {
  const script = makeScript(0, dice, { isGentle: true, submitWithinMs: 1000 });
  const maps = dice.whole(4, 7);
  const quick = { slots: 2, slowness: 1, joinsAtMs: 0 };
  return {
    ...plan,
    scripts: [withTasks(script, maps)],
    workers: [quick, quick, { slots: 1, slowness: 60, joinsAtMs: 0 }],
    health: { ...plan.health, stall: 0.5, unseen: 0.3, eio: 0 },
    stallsFromMs: SECOND_ATTEMPTS_FROM_MS,
    faults: dice.whole(0, 6),
    healAtMs: dice.whole(30_000, 40_000),
  };
}

function withTasks(script: JobScript, maps: number): JobScript {
  const { max_running: _none, ...message } = script.message;
  return { ...script, maps, taskMsMax: 500, message: { ...message, num_mappers: maps } };
}

function plainPlan(seed: number, dice: Dice): SimPlan {
  const sort = dice.pick<Sort>(['clean', 'gentle', 'gentle', ...STORMY]);
  const isStormy = sort === 'stormy';
  const healAtMs = dice.whole(15_000, 40_000);
  const jobs = dice.whole(1, 3);
  const wishes = { isGentle: !isStormy, submitWithinMs: 8000 };
  return {
    seed,
    sort,
    scripts: Array.from({ length: jobs }, (_, number) => makeScript(number, dice, wishes)),
    workers: Array.from({ length: dice.whole(1, 4) }, () => ({
      slots: dice.whole(1, 3),
      slowness: isStormy ? dice.pick([1, 1, 8, 25]) : 1,
      joinsAtMs: dice.chance(0.7) ? 0 : dice.whole(0, 10_000),
    })),
    weather: weatherOf(sort, dice),
    health: {
      latencyMsMax: dice.pick([0, 1, 10]),
      stall: isStormy ? dice.pick([0, 0, 0.01, 0.2]) : 0,
      unseen: isStormy ? dice.pick([0, 0, 0.2]) : 0,
      eio: isStormy ? dice.pick([0, 0, 0.003, 0.03]) : 0,
      isFull: false,
      shortWrite: sort === 'clean' ? 0 : dice.pick([0, 0.1]),
    },
    stallsFromMs: 0,
    faults: faultsOf(sort, dice),
    healAtMs,
  };
}

const STORMY: readonly Sort[] = Array.from({ length: 9 }, () => 'stormy' as const);

function weatherOf(sort: Sort, dice: Dice): Weather {
  if (sort === 'clean') return { ...CLEAR, latencyMsMax: dice.pick([0, 2, 100]) };
  return {
    latencyMsMax: dice.pick([0, 5, 50, 300]),
    datagramLoss: dice.pick([0, 0.05, 0.3, 1]),
    datagramTwice: dice.pick([0, 0.1, 0.5]),
    datagramDelayMsMax: dice.pick(sort === 'gentle' ? [0, 100, 1500] : [0, 100, 4000]),
  };
}

function faultsOf(sort: Sort, dice: Dice): number {
  switch (sort) {
    case 'clean':
      return 0;
    case 'gentle':
      return dice.whole(1, 6);
    case 'stormy':
      return dice.whole(4, 28);
    default:
      return sort satisfies never;
  }
}
