import type { Connection } from '../protocol/net/connection.ts';
import { checkListenHost } from '../protocol/net/exposure.ts';
import { type Clock, systemClock } from '../runtime/clock.ts';
import { drive, type Driver } from '../runtime/drive.ts';
import { EXIT_CODES } from '../runtime/exit-codes.ts';
import type { Log } from '../runtime/log.ts';
import { UserError } from '../runtime/user-error.ts';
import { within } from '../runtime/within.ts';
import { describeStep, levelOf } from './describe.ts';
import type { Journal } from './journal/journal.ts';
import { MemoryJournal } from './journal/memory-journal.ts';
import { ToldRecords } from './journal/told-records.ts';
import { listen, type Listeners } from './listen.ts';
import type { ManagerOptions } from './options.ts';
import { Peers } from './peers.ts';
import { performer } from './perform.ts';
import { Room } from './room.ts';
import { openManagerLog, sayHello } from './manager-log.ts';
import { schedulerOptions } from './scheduler-options.ts';
import type { ManagerCommand } from './scheduler/commands.ts';
import type { SchedulerOptions } from './scheduler/context.ts';
import type { ManagerEvent } from './scheduler/events.ts';
import type { JournalRecord } from './scheduler/records.ts';
import { Scheduler } from './scheduler/scheduler.ts';
import { countRecords, pastOf, recordsOf } from './scheduler/snapshot.ts';
import { openSharedDirectory, type SharedDirectory } from './shared-directory.ts';
import { FileStore } from './store/file-store.ts';
import { watchFreeSpace } from '../runtime/files/free-space.ts';
import { JobLogs } from './store/job-log.ts';

/** A Manager that runs in this process. */
export interface Manager {
  /** The address that is listened on, and the port even where 0 was asked. */
  readonly host: string;
  readonly port: number;
  readonly sharedDirectory: string;
  /** What the scheduler was started with, for replaying what `onStep` recorded. */
  readonly schedulerOptions: SchedulerOptions;
  readonly log: Log;
  /** Resolves to the exit code when all is released; rejects with a bug of ours. */
  readonly finished: Promise<number>;
  /** Stops this Manager alone, in order: `finished` tells when. Its Workers wait for the next. */
  stop(): void;
  /** Lets go of everything at once. */
  release(): Promise<void>;
}

/** How often the disk is looked at, and how little room is none. */
const FREE_SPACE_POLL_MS = 5_000;
const FREE_SPACE_MIN_BYTES = 64 * 1024 * 1024;
/** How long file work under way may hold up the end. */
const LAST_WORK_MS = 2_000;

/**
 * Starts a Manager: shared directory, log, listeners, scheduler.
 * @throws UserError when it cannot start
 */
export async function startManager(options: ManagerOptions): Promise<Manager> {
  const { host, insecureNoSecret } = options;
  const refusal = checkListenHost(host, { insecureNoSecret });
  if (refusal !== undefined) throw new UserError(refusal);
  const shared = await openSharedDirectory(options.sharedDirectory, options.sharedGroup);
  let log: Log | undefined;
  try {
    log = await openManagerLog(options, shared);
    return await startListening(options, shared, log);
  } catch (error) {
    await shared.release();
    await log?.close();
    throw error;
  }
}

async function startListening(
  options: ManagerOptions,
  shared: SharedDirectory,
  log: Log,
): Promise<Manager> {
  const early: Connection<'to_manager'>[] = [];
  const running: { manager?: RunningManager } = {};
  const listeners = await listen({
    host: options.host,
    port: options.port,
    anyUser: options.insecureNoSecret,
    log,
    clock: options.clock ?? systemClock,
    // Who comes before the scheduler is there is heard a moment later.
    onConnection: (connection) => {
      if (running.manager) running.manager.adopt(connection);
      else early.push(connection);
    },
    onHeartbeat: (message) => running.manager?.push({ type: 'heartbeat', message }),
  });
  running.manager = new RunningManager(options, { shared, log, listeners });
  for (const connection of early) running.manager.adopt(connection);
  return running.manager;
}

interface Parts {
  readonly shared: SharedDirectory;
  readonly log: Log;
  readonly listeners: Listeners;
}

class RunningManager implements Manager {
  readonly host: string;
  readonly port: number;
  readonly sharedDirectory: string;
  readonly schedulerOptions: SchedulerOptions;
  readonly log: Log;
  readonly finished: Promise<number>;
  readonly #parts: Parts;
  readonly #options: ManagerOptions;
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #told = new ToldRecords();
  readonly #room = new Room((hasRoom, detail) =>
    this.push({ type: 'storage_room', hasRoom, detail }),
  );
  readonly #peers: Peers;
  readonly #driver: Driver<ManagerEvent>;
  readonly #stopWatching: () => void;
  /** File work whose outcome has not come back. */
  readonly #underWay = new Set<Promise<void>>();
  #releasing: Promise<void> | undefined;
  #finish: (code: number) => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;

  constructor(options: ManagerOptions, parts: Parts) {
    this.#options = options;
    this.#parts = parts;
    this.log = parts.log;
    this.host = parts.listeners.host;
    this.port = parts.listeners.port;
    this.sharedDirectory = parts.shared.cluster.directory;
    this.#clock = options.clock ?? systemClock;
    this.finished = new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
    });
    const push = (event: ManagerEvent): void => this.push(event);
    const { cluster } = parts.shared;
    const files = new FileStore(cluster.directory, cluster.modes.file);
    this.#peers = new Peers({ push, files, log: this.log, clock: this.#clock });
    this.schedulerOptions = schedulerOptions(options, parts.shared, this);
    const scheduler = new Scheduler(this.schedulerOptions);
    this.#journal = this.#openJournal(scheduler);
    this.#driver = this.#drive(scheduler, files);
    this.#stopWatching = watchFreeSpace({
      directory: cluster.directory,
      limitBytes: FREE_SPACE_MIN_BYTES,
      pollMs: FREE_SPACE_POLL_MS,
      clock: this.#clock,
      onChange: (hasRoom, detail) => this.#room.note('free space', hasRoom, detail),
    });
    sayHello(this, parts.shared.temporary);
    this.#resume();
  }

  push(event: ManagerEvent): void {
    this.#driver.push(event);
  }

  adopt(connection: Connection<'to_manager'>): void {
    this.#peers.adopt(connection);
  }

  stop(): void {
    this.push({ type: 'stop' });
  }

  release(): Promise<void> {
    this.#releasing ??= this.#releaseAll();
    return this.#releasing;
  }

  #openJournal(scheduler: Scheduler): Journal {
    const onRecorded = (record: JournalRecord): void => {
      this.#told.told(record);
      this.push({ type: 'recorded', record });
    };
    const { journal } = this.#parts.shared;
    if (!journal) return new MemoryJournal(onRecorded);
    return journal.open({
      clock: this.#clock,
      onRecorded,
      snapshot: () => [...recordsOf(pastOf(scheduler.state)), ...this.#told.underWay],
      countSnapshot: () => countRecords(scheduler.state),
      onRoom: (hasRoom, detail) => this.#room.note('journal', hasRoom, detail),
      onFailure: (error) => this.#journalFailed(error),
    });
  }

  /** Goes on with what earlier Managers left. */
  #resume(): void {
    const { journal } = this.#parts.shared;
    if (!journal) return;
    const { records, cutLines } = journal;
    if (cutLines > 0) {
      this.log.warn(
        `Left out the last of the journal, which was unfinished: ${String(cutLines)} lines`,
      );
    }
    this.push({ type: 'restore', records, wallMs: this.#clock.wallMs() });
    this.#begin(async () => {
      await journal.sweep((message) => this.log.warn(message));
      return undefined;
    });
  }

  #drive(scheduler: Scheduler, files: FileStore): Driver<ManagerEvent> {
    const { cluster } = this.#parts.shared;
    const perform = performer({
      cluster,
      place: {
        sharedDirectory: cluster.directory,
        directory: this.#options.directory ?? process.cwd(),
        path: process.env['PATH'] ?? '',
      },
      peers: this.#peers,
      files,
      jobLogs: new JobLogs(cluster.directory, cluster.modes.file),
      journal: this.#journal,
      log: this.log,
      begin: (work) => this.#begin(work),
      push: (event) => this.push(event),
      onExit: (code) => this.#exit(code),
    });
    return drive<ManagerEvent, ManagerCommand>(scheduler, {
      perform,
      clock: this.#clock,
      tickEvent: { type: 'tick' },
      pausedEvent: (pauseMs) => ({ type: 'paused', pauseMs }),
      pauseThresholdMs: this.#options.heartbeatIntervalMs,
      onStep: (event, nowMs, commands) => this.#onStep(event, nowMs, commands),
      onBug: (error) => this.#onBug(error),
    });
  }

  #begin(work: () => Promise<ManagerEvent | undefined>): void {
    const running = work().then(
      (event) => {
        if (event) this.push(event);
      },
      (error: unknown) => this.#onBug(error),
    );
    this.#underWay.add(running);
    void running.finally(() => this.#underWay.delete(running));
  }

  #onStep(event: ManagerEvent, nowMs: number, commands: readonly ManagerCommand[]): void {
    if (event.type === 'recorded') this.#told.stepped(event.record);
    this.#logStep(event, 'event');
    for (const command of commands) this.#logStep(command, 'command');
    this.#options.onStep?.(event, nowMs, commands);
  }

  #logStep(step: ManagerEvent | ManagerCommand, kind: 'event' | 'command'): void {
    const level = levelOf(step);
    if (level === undefined || !this.log.isLevelEnabled(level)) return;
    this.log[level](`${kind} ${describeStep(step)}`, { [kind]: step.type });
  }

  #onBug(error: unknown): void {
    this.#driver.stop();
    void this.release().then(() => this.#fail(error));
  }

  /** Nothing that was not recorded may take effect: this Manager ends at once, its jobs go on. */
  #journalFailed(error: unknown): void {
    if (!(error instanceof UserError)) return this.#onBug(error);
    this.log.error(error.message);
    this.#exit(EXIT_CODES.jobFailed);
  }

  #exit(code: number): void {
    this.log.info('Manager stopped');
    this.#driver.stop();
    void this.release().then(() => this.#finish(code));
  }

  async #releaseAll(): Promise<void> {
    this.#driver.stop();
    this.#stopWatching();
    await this.#parts.listeners.close();
    await within(LAST_WORK_MS, Promise.allSettled(this.#underWay));
    await this.#journal.close();
    await this.#parts.shared.release().catch((error: unknown) => {
      this.log.warn(`Cannot release "${this.sharedDirectory}": ${String(error)}`);
    });
    await this.log.close();
  }
}
