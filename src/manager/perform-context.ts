import { AssertionError } from '../runtime/assert.ts';
import type { Log } from '../runtime/log.ts';
import { errorText } from '../runtime/system-error.ts';
import type { Journal } from './journal/journal.ts';
import type { Peers } from './peers.ts';
import type { PlannerPlace } from './planner/prepare-job.ts';
import type { ManagerCommand } from './scheduler/commands.ts';
import type { ManagerEvent } from './scheduler/events.ts';
import type { Cluster } from './store/cluster-file.ts';
import type { FileStore } from './store/file-store.ts';
import type { JobLogs } from './store/job-log.ts';

/** What commands are performed with. */
export interface PerformContext {
  readonly cluster: Cluster;
  readonly place: PlannerPlace;
  readonly peers: Peers;
  readonly files: FileStore;
  readonly jobLogs: JobLogs;
  readonly journal: Journal;
  readonly log: Log;
  /** Begins work that takes time; its outcome, if any, comes back as an event. */
  readonly begin: (work: () => Promise<ManagerEvent | undefined>) => void;
  /** Takes the outcome of work that needs no watching over: whoever ends does not wait for it. */
  readonly push: (event: ManagerEvent) => void;
  readonly onExit: (code: number) => void;
}

export type CommandType = ManagerCommand['type'];
type CommandOf<T extends CommandType> = Extract<ManagerCommand, { type: T }>;

/** One function per command. */
export type Performers<T extends CommandType> = {
  readonly [Type in T]: (command: CommandOf<Type>) => void;
};

/** An operating system's or a user's fault in words. Throws again what is a fault of ours. */
export function outcomeText(error: unknown): string {
  const ours =
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof ReferenceError ||
    error instanceof AssertionError;
  // Node reports wrong arguments of its own functions so; paths with NUL come from users.
  const fromNode = error instanceof Error && 'code' in error;
  if (ours && !fromNode) throw error;
  return errorText(error);
}
