import * as fc from 'fast-check';
import type { Ending } from './sim-attempts.ts';
import type { SimWorker } from './sim-worker.ts';
import { EMPTY, type Submission } from './plans.ts';
import { randomFrom } from './random.ts';
import { World } from './world.ts';

/** What a random world is made of. Everything else follows from `seed`. */
export interface Chaos {
  readonly seed: number;
  /** Faults stop then; from then on everything works. */
  readonly healedMs: number;
  readonly latencyMsMax: number;
  /** Share of attempts that do not end well, and of messages that are said twice. */
  readonly failing: number;
  /** Share of attempts that take very long. */
  readonly straggling: number;
  readonly stammering: number;
  readonly workers: readonly { readonly slots: number; readonly udp: boolean }[];
  readonly jobs: readonly { readonly atMs: number; readonly submission: Submission }[];
  readonly faults: readonly Fault[];
  readonly disk: readonly DiskFault[];
}

interface Fault {
  readonly atMs: number;
  readonly kind: (typeof FAULTS)[number];
  /** Which Worker or job, modulo how many there are. */
  readonly target: number;
}

const DISK_FAULTS = ['outputs', 'publish', 'manifest', 'ranges', 'runs', 'staging'] as const;
type DiskFault = (typeof DISK_FAULTS)[number];

const FAULTS = [
  'crash',
  'crash_and_restart',
  'restart_at_once',
  'vanish',
  'drop',
  'black_hole',
  'goodbye',
  'blind',
  'sighted',
  'cancel',
  'pause',
  'no_room',
  'room',
  'remove',
  'shutdown',
] as const;

const HEALED_MS = 15_000;
const TASK_MS_MAX = 1500;
const SLOWNESS_MAX = 40;

const submission = fc.record(
  {
    num_mappers: fc.integer({ min: 1, max: 6 }),
    num_reducers: fc.nat(3),
    priority: fc.integer({ min: -1, max: 1 }),
    max_running: fc.integer({ min: 1, max: 4 }),
    max_attempts: fc.integer({ min: 1, max: 4 }),
    max_workers_lost: fc.integer({ min: 1, max: 3 }),
    keep_going: fc.boolean(),
    backup: fc.boolean(),
    submission_id: fc.constantFrom('a', 'b'),
    job_name: fc.constant(EMPTY),
  },
  { requiredKeys: ['num_mappers', 'num_reducers'] },
);

export const chaos: fc.Arbitrary<Chaos> = fc.record({
  seed: fc.integer(),
  healedMs: fc.constant(HEALED_MS),
  latencyMsMax: fc.constantFrom(0, 5, 300),
  failing: fc.constantFrom(0, 0, 0.1, 0.5),
  straggling: fc.constantFrom(0, 0.1, 0.3),
  stammering: fc.constantFrom(0, 0, 0.2),
  workers: fc.array(fc.record({ slots: fc.integer({ min: 1, max: 3 }), udp: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  }),
  jobs: fc.array(fc.record({ atMs: fc.nat(5000), submission }), { minLength: 1, maxLength: 3 }),
  faults: fc.array(
    fc.record({
      atMs: fc.nat(HEALED_MS - 1),
      kind: fc.constantFrom(...FAULTS),
      target: fc.nat(7),
    }),
    { maxLength: 12 },
  ),
  disk: fc.uniqueArray(fc.constantFrom(...DISK_FAULTS), { maxLength: 2 }),
});

/** A world in which all that happens until `healedMs`, and nothing bad after it. */
export class ChaosWorld {
  readonly world: World;
  readonly #chaos: Chaos;
  readonly #random: () => number;
  #names = 0;

  constructor(plan: Chaos) {
    this.#chaos = plan;
    this.#random = randomFrom(plan.seed);
    this.world = new World({
      latencyMs: () => Math.floor(this.#random() * (plan.latencyMsMax + 1)),
    });
    this.#breakDisk();
    for (const { slots, udp } of plan.workers)
      this.#worker(`n${String(this.#names++)}`, slots, udp);
    const { timeline } = this.world;
    for (const { atMs, submission: asked } of plan.jobs) {
      timeline.at(atMs, () => this.#submit(asked));
    }
    for (const fault of plan.faults) timeline.at(fault.atMs, () => this.#fault(fault));
  }

  get #isHealed(): boolean {
    return this.world.nowMs >= this.#chaos.healedMs;
  }

  /** Runs to the end of all faults. */
  runFaults(): void {
    this.world.run(this.#chaos.healedMs);
  }

  /** Makes everything work: one Worker is sure to be there. */
  heal(): void {
    const { world } = this;
    for (const type of ['check_outputs', 'prepare_publish', 'write_manifest'] as const) {
      world.disk.heal(type);
    }
    world.disk.heal('check_run');
    world.disk.heal('make_staging');
    world.step({ type: 'storage_room', hasRoom: true, detail: '10 GB' });
    for (const worker of world.workers) {
      worker.behaviour.problem = null;
      if (!worker.exited) worker.drop();
    }
    this.#worker('last', 2, true);
  }

  #worker(id: string, slots: number, udp: boolean, nonce = `nonce-${String(this.#names++)}`): void {
    this.world.worker(id, {
      slots,
      udp,
      nonce,
      slowUdp: this.#random() < 0.5,
      taskMs: Math.floor(this.#random() * TASK_MS_MAX),
      spawnMs: Math.floor(this.#random() * 50),
      ending: () => this.#ending(),
      slowness: () => this.#slowness(),
      stammers: () => !this.#isHealed && this.#random() < this.#chaos.stammering,
    });
  }

  #ending(): Ending {
    if (this.#isHealed || this.#random() >= this.#chaos.failing) return 'finished';
    const kind = Math.floor(this.#random() * 8);
    if (kind < 4) return { outcome: 'failed' };
    if (kind < 6) return { outcome: 'unfit' };
    if (kind < 7) return { outcome: 'unfit', bad_run: { map_index: 0, attempt: 1 } };
    return { outcome: 'cannot_start' };
  }

  #slowness(): number {
    if (this.#isHealed || this.#random() >= this.#chaos.straggling) return 1;
    return 1 + this.#random() * SLOWNESS_MAX;
  }

  #submit(asked: Submission): void {
    const directory = this.#random() < 0.2 ? '/out' : `/out-${String(this.#names++)}`;
    const client = this.world.client().submit({ ...asked, output_directory: directory });
    if (this.#random() < 0.5) client.end();
    this.world.timeline.after(1000, () => {
      const job = client.last('job_accepted')?.job;
      if (job !== undefined && this.world.state.jobs.size > 0) this.world.client().watch(job);
    });
  }

  #fault({ kind, target }: Fault): void {
    const { world } = this;
    const worker = world.workers[target % world.workers.length];
    const job = [...world.state.jobs.values()][target % Math.max(1, world.state.jobs.size)];
    switch (kind) {
      case 'cancel':
        if (job) world.client().cancel(job.name).end();
        return;
      case 'remove':
        if (job) world.client().say({ message_type: 'remove_job', job: job.name }).end();
        return;
      case 'pause':
        return world.standStill(500 * target);
      case 'no_room':
      case 'room':
        world.step({ type: 'storage_room', hasRoom: kind === 'room', detail: '0 bytes' });
        return;
      case 'shutdown':
        if (target === 0) world.client().say({ message_type: 'shutdown' });
        return;
      default:
        if (worker && !worker.exited) this.#workerFault(worker, kind);
    }
  }

  #workerFault(worker: SimWorker, kind: Fault['kind']): void {
    const { slots, udp } = worker.behaviour;
    switch (kind) {
      case 'crash':
        return worker.crash();
      case 'crash_and_restart':
        worker.crash();
        return this.world.timeline.after(3000, () => this.#worker(worker.id, slots, udp));
      case 'restart_at_once':
        worker.crash();
        return this.#worker(worker.id, slots, udp);
      case 'vanish':
        return worker.vanish();
      case 'drop':
        return worker.drop();
      case 'black_hole':
        return worker.blackHole();
      case 'goodbye':
        return worker.goodbye();
      case 'blind':
        return worker.see('Cannot see the shared directory');
      case 'sighted':
        return worker.see(null);
      default:
    }
  }

  #breakDisk(): void {
    const { disk } = this.world;
    const fails = (): boolean => this.#random() < 0.3;
    for (const fault of this.#chaos.disk) {
      switch (fault) {
        case 'outputs':
          disk.answer('check_outputs', ({ attempt }) => ({
            type: 'outputs_checked',
            attempt,
            problem: fails() ? 'the file is not there' : null,
          }));
          break;
        case 'runs':
          disk.answer('check_run', ({ run }) => ({
            type: 'run_checked',
            run,
            problem: fails() ? 'a checksum differs' : null,
          }));
          break;
        case 'publish':
          disk.answer('prepare_publish', ({ jobId }) => ({
            type: 'publish_failed',
            jobId,
            reason: 'no space left',
          }));
          break;
        case 'manifest':
          disk.answer('write_manifest', ({ jobId }) => ({
            type: 'storage_failed',
            jobId,
            reason: 'read-only file system',
          }));
          break;
        case 'ranges':
          disk.answer('write_manifest', ({ jobId, version, entries }) => {
            const runs = entries
              .filter(fails)
              .map((entry) => ({ ...entry, problem: 'it is gone' }));
            return runs.length > 0
              ? { type: 'runs_unreadable', jobId, version, runs }
              : { type: 'manifest_written', jobId, version, path: '/shared/manifest' };
          });
          break;
        case 'staging':
          disk.answer('make_staging', ({ jobId }) => ({
            type: 'staging_failed',
            jobId,
            reason: 'permission denied',
          }));
          break;
        default:
          fault satisfies never;
      }
    }
  }
}
