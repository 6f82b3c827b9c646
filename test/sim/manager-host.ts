import { FileJournal } from '../../src/manager/journal/file-journal.ts';
import { openJournal } from '../../src/manager/journal/open-journal.ts';
import { Scheduler } from '../../src/manager/scheduler/scheduler.ts';
import type { SchedulerOptions } from '../../src/manager/scheduler/context.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { SimCluster } from './cluster.ts';
import { journalDiskOf } from './journal-disk-of.ts';
import { SimFiles } from './sim-files.ts';
import { type ManagerParts, SimManager } from './sim-manager.ts';
import type { Sort } from './sim-plan.ts';
import { SimProcess } from './sim-process.ts';
import { TOKEN } from './sim-worker.ts';
import { HEARTBEAT_MS, SHARED, type Surroundings } from './surroundings.ts';

const JOURNAL = `${SHARED}/journal`;
const CLUSTER_ID = 'cluster-1';
const HOUR_MS = 3_600_000;
/** How long until somebody starts the Manager again. */
const DOWN_MS_MAX = 12_000;
const GENTLY_DOWN_MS_MAX = 4000;

/** The machine that the Manager runs on: starts it, again after each end, and may lose power. */
export class ManagerHost {
  readonly #world: Surroundings;
  readonly #cluster: SimCluster;
  readonly #downMsMax: number;
  /** The process that starts or runs. */
  #process: SimProcess | undefined;
  #starts = 0;

  constructor(world: Surroundings, cluster: SimCluster, sort: Sort) {
    this.#world = world;
    this.#cluster = cluster;
    this.#downMsMax = sort === 'stormy' ? DOWN_MS_MAX : GENTLY_DOWN_MS_MAX;
  }

  /** Starts a Manager where none runs. */
  start(): void {
    if (this.#process?.isAlive === true) return;
    const process = new SimProcess(this.#world.timeline);
    this.#process = process;
    this.#starts += 1;
    this.#boot(process).catch((error: unknown) => this.#cannotStart(process, error));
  }

  async #boot(process: SimProcess): Promise<void> {
    const files = new SimFiles({ ...this.#world, process });
    const disk = journalDiskOf(files, JOURNAL);
    const writerId = String(this.#starts);
    const claimed = await openJournal({ disk, clusterId: CLUSTER_ID, firstEpoch: 1, writerId });
    const written = await claimed.begin([]);
    const scheduler = new Scheduler(optionsOf(claimed.identity.epoch));
    this.#world.audit.managerBegins();
    const parts: ManagerParts = {
      process,
      files,
      options: optionsOf(claimed.identity.epoch),
      scheduler,
      journal: (manager) =>
        new FileJournal(written, {
          disk,
          identity: claimed.identity,
          writerId,
          clock: this.#noting(process),
          onRecorded: (record) => manager.push({ type: 'recorded', record }),
          snapshot: () => [],
          onRoom: (hasRoom, detail) => manager.push({ type: 'storage_room', hasRoom, detail }),
          onFailure: (error) => manager.fail(error),
        }),
      onExit: () => this.#startLater(),
    };
    const manager = new SimManager(this.#world, parts);
    this.#cluster.manager = manager;
  }

  /** A clock whose timers promises wait for. */
  #noting(process: SimProcess): Clock {
    const { deliveries } = this.#world;
    const noted = (callback: () => void) => (): void => {
      deliveries.isDue = true;
      callback();
    };
    return {
      nowMs: () => process.nowMs(),
      wallMs: () => process.wallMs(),
      setTimer: (delayMs, callback) => process.setTimer(delayMs, noted(callback)),
      afterSockets: (callback) => process.afterSockets(noted(callback)),
    };
  }

  /** Only a disk that fails is a reason not to start. */
  #cannotStart(process: SimProcess, error: unknown): void {
    const isDisk = error instanceof Error && causeCode(error) !== undefined;
    if (!isDisk) this.#world.audit.broken('I8', `the Manager does not start: ${String(error)}`);
    process.kill();
    this.#startLater();
  }

  #startLater(): void {
    const { timeline, dice } = this.#world;
    timeline.after(dice.whole(1, this.#downMsMax), () => this.start());
  }
}

/** The code of a system error, or of the one that caused it. */
function causeCode(error: Error): string | undefined {
  const { code } = error as { readonly code?: string };
  if (code !== undefined) return code;
  return error.cause instanceof Error ? causeCode(error.cause) : undefined;
}

function optionsOf(epoch: number): SchedulerOptions {
  return {
    epoch,
    clusterId: CLUSTER_ID,
    token: TOKEN,
    sharedDirectory: SHARED,
    heartbeatIntervalMs: HEARTBEAT_MS,
    keepFailedMs: 24 * HOUR_MS,
    keepJobs: 100,
    keepJobsMs: 30 * 24 * HOUR_MS,
    address: '127.0.0.1:6000',
  };
}
