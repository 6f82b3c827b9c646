import { Job } from '../../src/manager/scheduler/job.ts';
import { NEXT_PHASES } from '../../src/manager/scheduler/job-phase.ts';
import { NEXT_STATES, Task } from '../../src/manager/scheduler/task.ts';
import {
  ConnectionTracker,
  NEXT_CONNECTION_STATES,
} from '../../src/worker/lifecycle/connection-state.ts';
import type { Totals } from './totals.ts';

const LEGAL_TRANSITIONS = {
  job: NEXT_PHASES,
  task: NEXT_STATES,
  connection: NEXT_CONNECTION_STATES,
};

/** Every transition that is legal: `task pending → active`. */
export function legalTransitions(): readonly string[] {
  return Object.entries(LEGAL_TRANSITIONS).flatMap(([machine, table]) =>
    Object.entries(table).flatMap(([from, targets]) =>
      (targets as readonly string[]).map((to) => `${machine} ${from} → ${to}`),
    ),
  );
}

/**
 * Counts from now on what the state machines in this process go through. They have one way each to
 * change, which is watched here: production code knows nothing of it.
 */
export function countTransitions(totals: Totals): void {
  watch(Task.prototype, 'move', 'task', (task) => task.state.state, totals);
  watch(Job.prototype, 'move', 'job', (job) => job.phase.phase, totals);
  for (const change of CONNECTION_CHANGES) {
    watch(
      ConnectionTracker.prototype,
      change,
      'connection',
      (tracker) => tracker.state.state,
      totals,
    );
  }
}

const CONNECTION_CHANGES = [
  'connect',
  'registering',
  'acknowledged',
  'serve',
  'beBlind',
  'wait',
] as const;

function watch<T extends object>(
  prototype: T,
  change: keyof T,
  machine: string,
  stateOf: (one: T) => string,
  totals: Totals,
): void {
  const original = prototype[change] as (this: T, ...args: unknown[]) => unknown;
  const watched = function watched(this: T, ...args: unknown[]): unknown {
    const from = stateOf(this);
    const result = original.apply(this, args);
    totals.transition(`${machine} ${from} → ${stateOf(this)}`);
    return result;
  };
  Object.defineProperty(prototype, change, { value: watched });
}
