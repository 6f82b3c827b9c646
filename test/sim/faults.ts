import { jobDirectory } from '../../src/protocol/job-layout.ts';
import type { Death } from './ambush.ts';
import type { SimCluster } from './cluster.ts';
import type { Sort } from './sim-plan.ts';
import { SHARED, type Surroundings } from './surroundings.ts';

/** What may befall a cluster at any moment. */
const STORM = [
  'connection reset',
  'connection reset',
  'cut to the Manager',
  'cut from the Manager',
  'cut both ways',
  'Manager paused',
  'Manager paused',
  'Manager killed',
  'Manager killed',
  'power cut',
  'Worker paused',
  'Worker killed',
  'Worker machine gone',
  'Worker restarted at once',
  'Worker leaves',
  'Worker joins',
  'Worker blind',
  'Worker without room',
  'client reset',
  'client reset',
  'submitted again',
  'run deleted',
  'run deleted',
  'run truncated',
  'run truncated',
  'run corrupted',
  'run corrupted',
  'heartbeats replayed',
  'disk full',
  'Manager stopped',
  'Manager taken over',
  'ambush',
  'ambush',
  'ambush',
  'ambush with a power cut',
  'ambush with a power cut',
  'ambush with a power cut',
] as const;

/** Those that must not cost an attempt. */
const GENTLE = [
  'Manager paused',
  'Manager killed',
  'submitted again',
  'client reset',
  'ambush',
] as const;

export type FaultKind = (typeof STORM)[number] | (typeof GENTLE)[number];

/** What faults need that goes beyond a process. */
export interface FaultHooks {
  /** The Manager dies and is started again some time later. */
  readonly killManager: (kind: 'killed' | 'power cut' | 'stopped') => boolean;
  /** Another one is started beside it. */
  readonly takeOver: () => boolean;
  /** It dies at a call of the disk, some time later. */
  readonly layAmbush: (death: Death) => void;
}

const LONGEST_CUT_MS = 30_000;
const LONGEST_PAUSE_MS = 20_000;

/** Lets things go wrong. */
export class Faults {
  readonly #world: Surroundings;
  readonly #cluster: SimCluster;
  readonly #hooks: FaultHooks;
  readonly #sort: Sort;

  constructor(world: Surroundings, cluster: SimCluster, hooks: FaultHooks, sort: Sort) {
    this.#world = world;
    this.#cluster = cluster;
    this.#hooks = hooks;
    this.#sort = sort;
  }

  /** Something of what may happen in this sort of world. */
  strike(): void {
    const { dice, totals } = this.#world;
    const kind = this.#sort === 'gentle' ? dice.pick(GENTLE) : dice.pick(STORM);
    if (!this.#do(kind)) return;
    this.#world.trace?.say(`--- ${kind}`);
    totals.fault(kind);
  }

  /** @returns whether there was anything that it could befall */
  #do(kind: FaultKind): boolean {
    switch (kind) {
      case 'Manager paused':
        return this.#pauseManager();
      case 'Manager killed':
        return this.#hooks.killManager('killed');
      case 'power cut':
        return this.#hooks.killManager('power cut');
      case 'Manager stopped':
        return this.#hooks.killManager('stopped');
      case 'Manager taken over':
        return this.#hooks.takeOver();
      case 'ambush':
      case 'ambush with a power cut':
        // Counted when somebody falls into it.
        this.#hooks.layAmbush(kind === 'ambush' ? 'killed' : 'power cut');
        return false;
      case 'client reset':
      case 'submitted again':
        return this.#toClient(kind);
      case 'disk full':
        return this.#fillDisk();
      case 'Worker joins':
        return this.#join();
      case 'run deleted':
      case 'run truncated':
      case 'run corrupted':
        return this.#damageRun(kind);
      default:
        return this.#toWorker(kind);
    }
  }

  #pauseManager(): boolean {
    const { dice } = this.#world;
    const { manager } = this.#cluster;
    if (!manager || manager.isStopped) return false;
    manager.process.standStill(dice.whole(100, LONGEST_PAUSE_MS));
    return true;
  }

  #toClient(kind: 'client reset' | 'submitted again'): boolean {
    const client = this.#world.dice.pickAny(this.#cluster.clients);
    if (!client || client.isDone) return false;
    if (kind === 'client reset') return client.resetConnection();
    client.repeat();
    return true;
  }

  #fillDisk(): boolean {
    const { health, dice, timeline } = this.#world;
    if (health.isFull) return false;
    health.isFull = true;
    timeline.after(dice.whole(100, 8000), () => {
      health.isFull = false;
    });
    return true;
  }

  #join(): boolean {
    const { dice } = this.#world;
    this.#cluster.startWorker({ slots: dice.whole(1, 3), slowness: 1 });
    return true;
  }

  #toWorker(kind: FaultKind): boolean {
    const { dice, network, timeline } = this.#world;
    const worker = dice.pickAny(this.#cluster.liveWorkers);
    if (!worker) return false;
    const { id, slots, slowness } = worker.nature;
    const restart = (): void => {
      if (this.#cluster.liveWorkers.every((other) => other.nature.id !== id)) {
        this.#cluster.startWorker({ id, slots, slowness });
      }
    };
    const later = dice.whole(1, LONGEST_CUT_MS);
    const { managerHost } = this.#cluster;
    switch (kind) {
      case 'connection reset':
        return worker.resetConnection();
      case 'cut to the Manager':
        network.cut(worker.host, managerHost, later);
        return true;
      case 'cut from the Manager':
        network.cut(managerHost, worker.host, later);
        return true;
      case 'cut both ways':
        network.cut(worker.host, managerHost, later);
        network.cut(managerHost, worker.host, later);
        return true;
      case 'Worker paused':
        worker.process.standStill(dice.whole(100, 2 * LONGEST_PAUSE_MS));
        return true;
      case 'Worker killed':
        worker.die(false);
        if (dice.chance(0.5)) timeline.after(later, restart);
        return true;
      case 'Worker machine gone':
        worker.die(true);
        if (dice.chance(0.5)) timeline.after(later, restart);
        return true;
      case 'Worker restarted at once':
        worker.die(dice.chance(0.5));
        restart();
        return true;
      case 'Worker leaves':
        worker.stop();
        if (dice.chance(0.3)) timeline.after(dice.whole(0, 2000), () => worker.stop());
        if (dice.chance(0.5)) timeline.after(later, restart);
        return true;
      case 'Worker blind':
        worker.blindness = dice.pick(['wrong', 'late']);
        worker.resetConnection();
        timeline.after(later, () => {
          worker.blindness = 'none';
        });
        return true;
      case 'Worker without room':
        worker.hasNoRoom = true;
        timeline.after(later, () => {
          worker.hasNoRoom = false;
        });
        return true;
      case 'heartbeats replayed':
        worker.replayHeartbeats(later);
        if (dice.chance(0.5)) worker.die(true);
        return true;
      default:
        return false;
    }
  }

  /** Of a job that runs: what a map left is gone, or wrong. */
  #damageRun(kind: FaultKind): boolean {
    const { dice, disk, audit } = this.#world;
    const jobs = [...audit.journal.durable.jobs].filter(([, job]) => !job.isPublishing);
    const [jobId] = dice.pickAny(jobs) ?? [];
    if (jobId === undefined) return false;
    const directory = `${jobDirectory(SHARED, jobId)}/map`;
    const node = disk.find(directory);
    const name = node?.kind === 'directory' ? dice.pickAny([...node.names.keys()]) : undefined;
    if (name === undefined) return false;
    const path = `${directory}/${name}`;
    const file = disk.file(path);
    if (kind === 'run deleted') disk.remove(path);
    else if (kind === 'run truncated') {
      file.content = file.content.subarray(0, dice.whole(0, Math.max(0, file.content.length - 1)));
    } else if (kind === 'run corrupted') {
      const content = Buffer.from(file.content);
      if (content.length > 0) content[content.length - 1] = (content.at(-1) ?? 0) ^ 1;
      file.content = content;
    } else return false;
    file.synced = file.content;
    return true;
  }
}
