import type { SimClient } from './sim-client.ts';
import type { SimWorker } from './sim-worker.ts';
import { World } from './world.ts';

/** A job on one Worker of two slots that stands still in some phase of its life. */
export interface Standing {
  readonly world: World;
  readonly worker: SimWorker;
  /** Submitted the job, and watches it once it is accepted. */
  readonly client: SimClient;
}

/** What has to be held for a job to stand still, and how its Worker gets there. */
const PHASES = {
  'being prepared': { hold: 'prepare_job' },
  'having its staging made': { hold: 'make_staging' },
  'being accepted': { hold: 'append' },
  mapping: {},
  'committing a map': { hold: 'check_outputs', ends: ['map-00000.1'] },
  'writing its manifest': { hold: 'write_manifest', ends: ['map-00000.1', 'map-00001.1'] },
  reducing: { ends: ['map-00000.1', 'map-00001.1'] },
  'preparing to publish': {
    hold: 'prepare_publish',
    ends: ['map-00000.1', 'map-00001.1', 'reduce-00000.1'],
  },
  publishing: { hold: 'publish', ends: ['map-00000.1', 'map-00001.1', 'reduce-00000.1'] },
  'cleaning up': { hold: 'clean_up', ends: ['map-00000.1', 'map-00001.1', 'reduce-00000.1'] },
} as const satisfies Record<
  string,
  { readonly hold?: Parameters<World['disk']['hold']>[0]; readonly ends?: readonly string[] }
>;

export type Phase = keyof typeof PHASES;
export const ALL_PHASES = Object.keys(PHASES) as readonly Phase[];

/** A job that has got as far as this and no further. */
export function standing(phase: Phase, submission: object = {}): Standing {
  const wanted: {
    readonly hold?: Parameters<World['disk']['hold']>[0];
    readonly ends?: readonly string[];
  } = PHASES[phase];
  const world = new World();
  const worker = world.worker('n1', { slots: 2, taskMs: Number.POSITIVE_INFINITY });
  world.settle();
  if (wanted.hold !== undefined) world.disk.hold(wanted.hold);
  const client = world.client().submit(submission);
  world.settle();
  if (client.last('job_accepted')) client.watch();
  for (const name of wanted.ends ?? []) {
    world.settle();
    worker.end(name);
  }
  world.run(500);
  return { world, worker, client };
}

/** Lets everything go on that was held. */
export function release({ world }: Standing): void {
  for (const { hold } of Object.values(PHASES) as readonly {
    hold?: Parameters<World['disk']['hold']>[0];
  }[]) {
    if (hold !== undefined) world.disk.release(hold);
  }
}
