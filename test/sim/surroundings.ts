import type { Timeline } from '../manager/scheduler/harness/timeline.ts';
import type { Audit } from './audit/audit.ts';
import type { Dice } from './dice.ts';
import type { JobScript } from './job-script.ts';
import type { Network } from './network.ts';
import type { Totals } from './totals.ts';
import type { Trace } from './trace.ts';
import type { Deliveries, DiskHealth } from './sim-files.ts';
import type { SimDisk } from './sim-disk.ts';

export const SHARED = '/shared';
export const HEARTBEAT_MS = 2000;

/** What every part of one simulated cluster has in common. */
export interface Surroundings {
  readonly timeline: Timeline;
  readonly dice: Dice;
  readonly network: Network;
  readonly disk: SimDisk;
  readonly health: DiskHealth;
  readonly deliveries: Deliveries;
  readonly totals: Totals;
  readonly audit: Audit;
  /** By their ids. */
  readonly scripts: ReadonlyMap<string, JobScript>;
  readonly trace: Trace | undefined;
  /** Faults are over: what may go well does. */
  readonly isHealed: () => boolean;
}
