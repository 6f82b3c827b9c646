import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Scheduler } from '../../../src/manager/scheduler/scheduler.ts';
import { chaos, ChaosWorld } from './harness/chaos.ts';
import type { World } from './harness/world.ts';

/** `MUSTER_RANDOM_WORLDS=5000 MUSTER_SEED=7 npx vitest run restart-worlds` looks further. */
const RUNS = Number(process.env['MUSTER_RANDOM_WORLDS'] ?? 150);
const SEED = Number(process.env['MUSTER_SEED'] ?? 1);
const ENDS_WITHIN_MS = 180_000;

const restarts = fc.array(
  fc.record({
    atMs: fc.nat(14_000),
    downForMs: fc.constantFrom(0, 300, 3000),
    keeps: fc.constantFrom(0, 0.5, 1),
  }),
  { minLength: 1, maxLength: 3 },
);

function hasEnded({ state, isDown }: World): boolean {
  return (
    !isDown && state.requests.size === 0 && [...state.jobs.values()].every((job) => job.hasEnded)
  );
}

describe('random worlds whose Manager is killed and started again', () => {
  it('keep all invariants, commit no task twice, and end every accepted job', () => {
    fc.assert(
      fc.property(chaos, restarts, (plan, planned) => {
        const chaotic = new ChaosWorld(plan);
        const { world } = chaotic;
        for (const { atMs, ...restart } of planned) {
          world.timeline.at(atMs, () => {
            if (world.exitCode === undefined && !world.isDown) world.restart(restart);
          });
        }
        chaotic.runFaults();
        world.run(3000);
        if (world.exitCode !== undefined) return;
        chaotic.heal();
        world.runUntil(() => world.exitCode !== undefined || hasEnded(world), ENDS_WITHIN_MS);
        const again = new Scheduler(world.options);
        for (const { event, nowMs, commands } of world.steps) {
          expect(again.step(event, nowMs)).toEqual(commands);
        }
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
});
