import type * as fc from 'fast-check';
import { type Chaos, chaos } from './chaos.ts';

const BACKUPS_FROM_MS = 10_000;
const HEALED_MS = 25_000;

/** Worlds in which tasks are many, some take very long, and what happens does so while they do. */
export const stragglingChaos: fc.Arbitrary<Chaos> = chaos.map((plan) => ({
  ...plan,
  healedMs: HEALED_MS,
  failing: Math.min(plan.failing, 0.1),
  straggling: 0.3,
  workers: [...plan.workers, { slots: 2, udp: true }],
  jobs: plan.jobs.map(({ atMs, submission: asked }) => ({
    atMs: atMs / 10,
    submission: { ...asked, num_mappers: 2 + 2 * (asked.num_mappers ?? 0), backup: true },
  })),
  faults: plan.faults.map((fault) => ({
    ...fault,
    atMs: BACKUPS_FROM_MS + (fault.atMs % (HEALED_MS - BACKUPS_FROM_MS)),
  })),
}));
