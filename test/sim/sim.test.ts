import { beforeAll, describe, expect, it } from 'vitest';
import { compileSim, huntBugs, runSim } from './compiled-sim.ts';
import { PLANTED_BUGS } from './planted/bugs.ts';

/** Far more than is needed: the machine may be busy. */
const SLOW_MS = 280_000;
const SEEDS = 2000;

beforeAll(compileSim, SLOW_MS);

describe('a simulated cluster', () => {
  it(
    'keeps every invariant whatever goes wrong',
    async () => {
      const run = await runSim(['--seeds', String(SEEDS), '--json']);
      expect(run.broken).toEqual([]);
      expect(run.seeds).toBe(SEEDS);
      expect(run.events / run.seeds).toBeGreaterThan(500);
    },
    SLOW_MS,
  );

  it(
    'shows every planted bug by its invariants alone',
    async () => {
      const names = PLANTED_BUGS.map(({ name }) => name);
      expect(new Set(names).size).toBeGreaterThanOrEqual(20);
      const found = await huntBugs(names, SEEDS);
      const missed = names.filter((name) => !/^I\d+$/.test(found.get(name)?.invariant ?? ''));
      expect(missed).toEqual([]);
    },
    SLOW_MS,
  );
});
