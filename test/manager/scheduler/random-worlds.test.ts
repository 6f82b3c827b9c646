import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptKey } from '../../../src/protocol/ids.ts';
import { Scheduler } from '../../../src/manager/scheduler/scheduler.ts';
import { recordsOf } from './harness/commands-of.ts';
import { type Chaos, chaos, ChaosWorld } from './harness/chaos.ts';
import { stragglingChaos } from './harness/straggling-chaos.ts';
import { OPTIONS } from './harness/options.ts';
import type { World } from './harness/world.ts';

/** `MUSTER_RANDOM_WORLDS=5000 MUSTER_SEED=7 npx vitest run random-worlds` looks further. */
const RUNS = Number(process.env['MUSTER_RANDOM_WORLDS'] ?? 300);
const SEED = Number(process.env['MUSTER_SEED'] ?? 1);
/** A pause of an unfit Worker, the longest back-off, a silence, and the work itself. */
const ENDS_WITHIN_MS = 180_000;
/** Seconds, unless something else keeps the machine busy. */
const TEST_MS_MAX = 120_000;
const ATTEMPTS_PER_TASK_MAX = 40;

function live(plan: Chaos): World {
  const chaotic = new ChaosWorld(plan);
  const { world } = chaotic;
  chaotic.runFaults();
  if (world.exitCode !== undefined) return world;
  chaotic.heal();
  world.runUntil(() => world.exitCode !== undefined || hasEnded(world), ENDS_WITHIN_MS);
  return world;
}

/** Nothing goes back and forth: recalls, losses and failures together stay few. */
function attemptsPerTask(world: World): number {
  const dispatches = recordsOf(world, 'attempt_dispatched');
  return dispatches.reduce((most, { attempt }) => Math.max(most, attempt.attempt), 0);
}

/** Backups that were sent out, and how many of them were committed. */
function countRaces(world: World, races: { backups: number; won: number }): void {
  const pairs = recordsOf(world, 'attempt_dispatched').filter(
    ({ backupOf }) => backupOf !== undefined,
  );
  const commits = new Set(
    recordsOf(world, 'task_committed').map(({ attempt }) => attemptKey(attempt)),
  );
  for (const { attempt } of pairs) {
    races.backups += 1;
    if (commits.has(attemptKey(attempt))) races.won += 1;
  }
}

function hasEnded({ state }: World): boolean {
  return state.requests.size === 0 && [...state.jobs.values()].every((job) => job.hasEnded);
}

function check(plan: Chaos): World {
  const world = live(plan);
  expect(attemptsPerTask(world)).toBeLessThan(ATTEMPTS_PER_TASK_MAX);
  const again = new Scheduler(OPTIONS);
  for (const { event, nowMs, commands } of world.steps) {
    expect(again.step(event, nowMs)).toEqual(commands);
  }
  return world;
}

describe('random worlds', () => {
  it(
    'keep all invariants, end every job once faults stop, and replay alike',
    { timeout: TEST_MS_MAX },
    () => {
      fc.assert(
        fc.property(chaos, (plan) => void check(plan)),
        { numRuns: RUNS, seed: SEED },
      );
    },
  );

  it('do so with attempts that straggle and their backups', { timeout: TEST_MS_MAX }, () => {
    const races = { backups: 0, won: 0 };
    fc.assert(
      fc.property(stragglingChaos, (plan) => countRaces(check(plan), races)),
      { numRuns: RUNS / 3, seed: SEED },
    );
    // Races that never were would show nothing.
    expect(races.won).toBeGreaterThan(RUNS / 100);
  });
});
