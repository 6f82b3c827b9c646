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
import { Ambush, type Death } from './ambush.ts';
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
const LONGEST_STANDSTILL_MS = 20_000;
/** Short, so that it is written anew now and then. */
const LONG_FILE_BYTES = 6000;

/**
 * The machines that Managers run on: starts one, again after each end; power may fail, and a second
 * one may be started while the first still lives.
 */
export class ManagerHost {
  readonly #world: Surroundings;
  readonly #cluster: SimCluster;
  readonly #downMsMax: number;
  readonly #ambush: Ambush;
  /** The process that starts or runs. */
  #process: SimProcess | undefined;
  /** Those on other machines that another one was started beside, and that may not know it yet. */
  #earlier: SimManager[] = [];
  #machine = 1;
  #starts = 0;

  constructor(world: Surroundings, cluster: SimCluster, sort: Sort) {
    this.#world = world;
    this.#cluster = cluster;
    this.#downMsMax = sort === 'stormy' ? DOWN_MS_MAX : GENTLY_DOWN_MS_MAX;
    this.#ambush = new Ambush(world.dice, (process, death, side) => {
      const kind = `${death} ${side} a call of the disk`;
      world.trace?.say(`--- ${kind}`);
      world.totals.fault(kind);
      this.#kill(process, death);
    });
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
    if (kind !== 'stopped') {
      this.#kill(process, kind);
      return true;
    }
    const manager = this.#running;
    if (!manager) return false;
    process.hear(() => manager.push({ type: 'stop' }));
    return true;
  }

  /** Somebody will die at a call of the disk that is not far. */
  layAmbush(death: Death): void {
    this.#ambush.lay(death);
  }

  noMoreAmbushes(): void {
    this.#ambush.disarm();
  }

  /**
   * A second Manager is started on another machine while the first one lives: no lock of one machine
   * keeps it from that. Whoever connects from then on finds the second one.
   * @returns whether there was one to take over from
   */
  takeOver(): boolean {
    const first = this.#running;
    if (!first) return false;
    const { dice } = this.#world;
    this.#earlier = [...this.#earlier.filter((manager) => !manager.isStopped), first];
    if (dice.chance(0.5)) first.process.standStill(dice.whole(500, LONGEST_STANDSTILL_MS));
    if (dice.chance(0.5)) this.#cutOff(first);
    this.#world.audit.wasTakenOver = true;
    this.#process = undefined;
    this.#machine += 1;
    this.start();
    return true;
  }

  /** The Manager that the latest process has become; undefined while it starts. */
  get #running(): SimManager | undefined {
    const { manager } = this.#cluster;
    return manager?.process === this.#process && !manager?.isStopped ? manager : undefined;
  }

  #cutOff(manager: SimManager): void {
    const { dice, network } = this.#world;
    for (const { host } of this.#cluster.liveWorkers) {
      const forMs = dice.whole(1, LONGEST_STANDSTILL_MS);
      network.cut(host, manager.host, forMs);
      network.cut(manager.host, host, forMs);
    }
  }

  /** Where power fails it fails for the disk, and with it for all who use it. */
  #kill(process: SimProcess, death: Death): void {
    const isPowerCut = death === 'power cut';
    const managers = [...this.#earlier, ...(this.#cluster.manager ? [this.#cluster.manager] : [])];
    for (const manager of managers) {
      if (!manager.isStopped && (isPowerCut || manager.process === process)) {
        manager.die(isPowerCut);
      }
    }
    process.kill();
    if (isPowerCut) {
      this.#process?.kill();
      const { disk, dice, audit } = this.#world;
      disk.cutPower(dice);
      audit.journal.powerCut(disk.directory(JOURNAL).names.keys());
    }
    this.#startLater();
  }

  async #boot(process: SimProcess): Promise<void> {
    const host = `manager-${String(this.#machine)}`;
    const files = new SimFiles({ ...this.#world, process, ambush: this.#ambush });
    const disk = journalDiskOf(files, JOURNAL);
    const writerId = String(this.#starts);
    const claimed = await openJournal({ disk, clusterId: CLUSTER_ID, firstEpoch: 1, writerId });
    const records = await withPlans(claimed.records, (jobId) => readMaps(files, jobId));
    const written = await claimed.begin(recordsOf(readPast(claimed.records)));
    const options = optionsOf(claimed.identity.epoch, this.#highestJobId + 1);
    const scheduler = new Scheduler(options);
    this.#world.audit.managerBegins(options.epoch);
    const parts: ManagerParts = {
      host,
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
          // Files so short are mostly of the present: they are written anew all the same.
          countSnapshot: () => 0,
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
