import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Program } from '../../e2e/cluster.ts';
import { eventually } from '../../e2e/processes.ts';
import { needsFullRun, needsPrograms } from '../../needs.ts';
import { rounds, SEED } from '../dials.ts';
import {
  type Call,
  CALLS,
  contentIn,
  contentOf,
  type CrashPoint,
  crashScene,
  isAlive,
  type Scene,
  startSound,
  startTraced,
  submitOver,
} from './crash-points.ts';
import { seededRandom } from '../../../src/worker/lifecycle/seeded-random.ts';

/** The Manager dies at, or is refused, system calls of journal and commit; `--overwrite` every time. */

beforeEach((context) => {
  needsFullRun(context);
  needsPrograms(context, 'strace');
});

/** A multiple of nine goes through all calls equally often. */
const POINTS = rounds(36);
const ERRORS = Math.ceil(POINTS / 2);
const HOURS_MS = 2 * 3_600_000;

/** Points of all calls in turn, at places that the seed chooses. */
function pointsOf(count: number, effects: readonly CrashPoint['effect'][]): CrashPoint[] {
  const random = seededRandom(SEED);
  const calls = Object.keys(CALLS) as Call[];
  return Array.from({ length: count }, (_, index) => {
    const call = calls[index % calls.length] ?? 'rename';
    const effect = effects[Math.floor(index / calls.length) % effects.length] ?? 'signal=KILL';
    return { call, nth: 1 + Math.floor(random() * CALLS[call]), effect };
  });
}

describe('a Manager that dies at a system call', () => {
  it(`loses nothing at ${String(POINTS)} points`, { timeout: HOURS_MS }, async () => {
    const at = await crashScene();
    const met = new Map<Call, number>();
    for (const [index, point] of pointsOf(POINTS, ['signal=KILL']).entries()) {
      const round = index + 1;
      const before = at.cluster.managers.length;
      await startTraced(at, point);
      const client = await runOver(at, round, point);
      if (at.cluster.managers.length > before + 1) {
        met.set(point.call, (met.get(point.call) ?? 0) + 1);
      }
      expect(await client.exited, told(point, client)).toBe(0);
      expect(await contentIn(join(at.directory, 'out')), told(point, client)).toBe(
        contentOf(round),
      );
      await expectNothingLeft(at, point);
    }
    const counts = [...met].map(([call, count]) => `${String(count)} ${call}`);
    process.stdout.write(`${String(POINTS)} points, of which were met ${counts.join(', ')}\n`);
  });
});

describe('a Manager that is refused a system call', () => {
  it(`claims no false success at ${String(ERRORS)} points`, { timeout: HOURS_MS }, async () => {
    const at = await crashScene();
    const codes = new Map<number, number>();
    let before = contentOf(0);
    for (const [index, point] of pointsOf(ERRORS, ['error=EIO', 'error=ENOSPC']).entries()) {
      const round = index + 1;
      await startTraced(at, point);
      const client = await runOver(at, round, point);
      const code = await client.exited;
      codes.set(code, (codes.get(code) ?? 0) + 1);
      const content = await contentIn(join(at.directory, 'out'));
      const allowed = code === 0 ? [contentOf(round)] : [before, contentOf(round)];
      expect(allowed, told(point, client)).toContain(content);
      expect([0, 1, 2, 3], told(point, client)).toContain(code);
      before = content ?? '';
    }
    const counts = [...codes].map(([code, count]) => `${String(count)} times ${String(code)}`);
    process.stdout.write(`${String(ERRORS)} errors; the client exited ${counts.join(', ')}\n`);
  });
});

/** A job under the traced Manager, which another one takes over where it ends. */
async function runOver(at: Scene, round: number, point: CrashPoint): Promise<Program> {
  const old = await contentIn(join(at.directory, 'out'));
  await startSoundIfDead(at, round, old, point);
  const client = await submitOver(at, round);
  const manager = at.cluster.manager;
  await Promise.race([client.exited, manager.exited]);
  await startSoundIfDead(at, round, old, point);
  const code = await client.exited;
  // Nobody had promised anything before the job was accepted.
  if (code !== 3 || /job-\d+ accepted/.test(client.stderr)) return client;
  const again = await submitOver(at, round);
  await again.exited;
  return again;
}

async function startSoundIfDead(
  at: Scene,
  round: number,
  old: string | undefined,
  point: CrashPoint,
): Promise<void> {
  if (isAlive(at.cluster.manager)) return;
  expect([old, contentOf(round)], JSON.stringify(point)).toContain(await wholeOutput(at));
  await startSound(at);
}

/** What is in the output's place, or, between two renames, what was moved out of it. */
async function wholeOutput({ directory }: Scene): Promise<string | undefined> {
  const content = await contentIn(join(directory, 'out'));
  if (content !== undefined) return content;
  const aside = (await readdir(directory)).find((name) => name.startsWith('.out.old'));
  return aside === undefined ? undefined : contentIn(join(directory, aside));
}

/** No staging, and no old output. */
async function expectNothingLeft({ directory }: Scene, point: CrashPoint): Promise<void> {
  await eventually(`nothing is left after ${JSON.stringify(point)}`, async () => {
    const names = await readdir(directory);
    return names.toSorted().join(' ') === 'in out';
  });
}

function told(point: CrashPoint, client: Program): string {
  return `${JSON.stringify(point)}\n${client.stderr}`;
}
