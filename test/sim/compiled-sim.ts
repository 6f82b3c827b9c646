import { execa } from 'execa';
import { inParallel } from '../../src/runtime/in-parallel.ts';
import type { BrokenSeed } from './run-seeds.ts';

/** The simulator as `npm run sim` runs it: compiled, in a process of its own. */

const REPOSITORY = new URL('../../', import.meta.url).pathname;
const COMPILED = `${REPOSITORY}dist-bench/test/sim`;
const HUNTS_AT_ONCE = 2;

export interface SimRun {
  readonly seeds: number;
  readonly events: number;
  readonly broken: readonly BrokenSeed[];
}

export async function compileSim(): Promise<void> {
  const project = `${REPOSITORY}test/sim/tsconfig.json`;
  await execa('tsc', ['-p', project], { cwd: REPOSITORY, preferLocal: true });
}

export async function runSim(options: readonly string[]): Promise<SimRun> {
  const { stdout } = await execa('node', [`${COMPILED}/main.js`, ...options], { reject: false });
  return JSON.parse(stdout) as SimRun;
}

/** For each planted bug the first seed that shows it; null when none of so many does. */
export async function huntBugs(
  names: readonly string[],
  seeds: number,
): Promise<ReadonlyMap<string, BrokenSeed | null>> {
  const found = await inParallel(names, HUNTS_AT_ONCE, async (name) => {
    const { stdout } = await execa('node', [`${COMPILED}/planted/hunt.js`, name, String(seeds)]);
    return [name, JSON.parse(stdout) as BrokenSeed | null] as const;
  });
  return new Map(found);
}
