import { FileJournal } from '../../src/manager/journal/file-journal.ts';
import { openJournal } from '../../src/manager/journal/open-journal.ts';
import { withPlans } from '../../src/manager/journal/stored-form.ts';
import { readPast } from '../../src/manager/scheduler/read-past.ts';
import { Scheduler } from '../../src/manager/scheduler/scheduler.ts';
import type { SchedulerOptions } from '../../src/manager/scheduler/context.ts';
import { recordsOf } from '../../src/manager/scheduler/snapshot.ts';
import { jobFilePath } from '../../src/protocol/job-layout.ts';
import type { Piece } from '../../src/protocol/manager-orders.ts';
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
/** Short, so that it is written anew now and then. */
const LONG_FILE_BYTES = 6000;

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

  /** @returns whether there was a Manager to end */
  end(kind: 'killed' | 'power cut' | 'stopped'): boolean {
    const process = this.#process;
    if (process?.isAlive !== true) return false;
    const { manager } = this.#cluster;
    const runs = manager?.process === process;
    if (kind === 'stopped') {
      if (!runs) return false;
      process.hear(() => manager.push({ type: 'stop' }));
      return true;
    }
    if (runs) manager.die(kind === 'power cut');
    else process.kill();
    if (kind === 'power cut') this.#world.disk.cutPower(this.#world.dice);
    this.#startLater();
    return true;
  }

  async #boot(process: SimProcess): Promise<void> {
    const files = new SimFiles({ ...this.#world, process });
    const disk = journalDiskOf(files, JOURNAL);
    const writerId = String(this.#starts);
    const claimed = await openJournal({ disk, clusterId: CLUSTER_ID, firstEpoch: 1, writerId });
    const records = await withPlans(claimed.records, (jobId) => readMaps(files, jobId));
    const written = await claimed.begin(recordsOf(readPast(claimed.records)));
    const options = optionsOf(claimed.identity.epoch, this.#highestJobId + 1);
    const scheduler = new Scheduler(options);
    this.#world.audit.managerBegins();
    const parts: ManagerParts = {
      process,
      files,
      options,
      scheduler,
      journal: (manager) =>
        new FileJournal(written, {
          disk,
          identity: claimed.identity,
          writerId,
          clock: this.#noting(process),
          onRecorded: (record) => manager.tell(record),
          snapshot: () => manager.snapshot(),
          onRoom: (hasRoom, detail) => manager.push({ type: 'storage_room', hasRoom, detail }),
          onFailure: (error) => manager.fail(error),
          longFileBytes: LONG_FILE_BYTES,
        }),
      onExit: () => this.#startLater(),
    };
    const manager = new SimManager(this.#world, parts);
    manager.push({ type: 'restore', records, wallMs: process.wallMs() });
    this.#cluster.manager = manager;
  }

  /** As in `src/manager/store/cluster-file.ts`: numbers of jobs that left anything are not used again. */
  get #highestJobId(): number {
    const { names } = this.#world.disk.directory(`${SHARED}/jobs`);
    return Math.max(0, ...[...names.keys()].map((name) => Number(name.slice('job-'.length))));
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

async function readMaps(files: SimFiles, jobId: number): Promise<readonly (readonly Piece[])[]> {
  const path = jobFilePath(SHARED, jobId);
  const text = await files.call('read', path, (disk) => disk.file(path).content.toString());
  return JSON.parse(text) as readonly (readonly Piece[])[];
}

/** The code of a system error, or of the one that caused it. */
function causeCode(error: Error): string | undefined {
  const { code } = error as { readonly code?: string };
  if (code !== undefined) return code;
  return error.cause instanceof Error ? causeCode(error.cause) : undefined;
}

function optionsOf(epoch: number, firstJobId: number): SchedulerOptions {
  return {
    epoch,
    firstJobId,
    clusterId: CLUSTER_ID,
    durable: true,
    token: TOKEN,
    sharedDirectory: SHARED,
    heartbeatIntervalMs: HEARTBEAT_MS,
    keepFailedMs: 24 * HOUR_MS,
    keepJobs: 100,
    keepJobsMs: 30 * 24 * HOUR_MS,
    address: '127.0.0.1:6000',
  };
}
