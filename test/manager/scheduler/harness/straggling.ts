import { attemptName } from '../../../../src/protocol/ids.ts';
import { expect } from 'vitest';
import { recordsOf } from './commands-of.ts';
import type { SimClient } from './sim-client.ts';
import type { SimWorker } from './sim-worker.ts';
import { World } from './world.ts';

/** Of a Worker whose tasks end when the test says so. */
export const LONG = { taskMs: Number.POSITIVE_INFINITY };

export interface Straggling {
  readonly world: World;
  readonly client: SimClient;
  /** Runs `map-00000.1` for ever. */
  readonly slow: SimWorker;
  /** Did all the rest, within 4 s. */
  readonly quick: SimWorker;
}

/** Five maps, of which the first does not end; the quick Worker's further tasks do not either. */
export function straggling(submission: object = {}): Straggling {
  const world = new World();
  const slow = world.worker('slow', LONG);
  const quick = world.worker('quick', { taskMs: 1000 });
  const client = world.submit({ num_mappers: 5, ...submission });
  world.run(4500);
  quick.behaviour.taskMs = Number.POSITIVE_INFINITY;
  expect(slow.has).toEqual(['map-00000.1 running']);
  expect(world.job().mapsCommitted).toBe(4);
  return { world, client, slow, quick };
}

/** The same, with the backup running. */
export function racing(submission: object = {}): Straggling {
  const scene = straggling(submission);
  scene.world.run(6000);
  expect(scene.quick.has).toEqual(['map-00000.2 running']);
  return scene;
}

/** `map-00000.1 committed` for every `settled` that a Worker got. */
export function settled(worker: SimWorker): readonly string[] {
  return worker.orders.flatMap((order) =>
    order.message_type === 'settled' ? [`${attemptName(order)} ${order.outcome}`] : [],
  );
}

/** Attempts that a Worker was told to end, and why. */
export function cancels(worker: SimWorker): readonly string[] {
  return worker.orders.flatMap((order) =>
    order.message_type === 'cancel_task' && order.only_queued !== true
      ? [`${attemptName(order)}: ${order.reason}`]
      : [],
  );
}

/** Names of attempts with a record of their commit. */
export function commits(world: World): readonly string[] {
  return recordsOf(world, 'task_committed').map(({ attempt }) => attemptName(attempt));
}

/** Names of attempts that were sent out beside another. */
export function backups(world: World): readonly string[] {
  return recordsOf(world, 'attempt_dispatched').flatMap(({ attempt, backupOf }) =>
    backupOf === undefined ? [] : [attemptName(attempt)],
  );
}
