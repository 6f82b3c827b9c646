import type { SchedulerOptions } from '../../../../src/manager/scheduler/context.ts';

export const HOUR_MS = 3_600_000;

export const OPTIONS: SchedulerOptions = {
  epoch: 1,
  clusterId: 'cluster-1',
  token: 'token-1',
  sharedDirectory: '/shared',
  heartbeatIntervalMs: 2000,
  keepFailedMs: 24 * HOUR_MS,
  keepJobs: 100,
  keepJobsMs: 30 * 24 * HOUR_MS,
  address: '127.0.0.1:6000',
};

/** A tick that leaves its own deadline in the past may be followed by so many before it must move. */
export const TICKS_AT_ONE_MOMENT_MAX = 5;
/** More steps without time going on mean that messages go round in circles. */
export const STEPS_AT_ONE_MOMENT_MAX = 5000;
