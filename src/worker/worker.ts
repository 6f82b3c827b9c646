import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { WorkerView } from '../protocol/job-report.ts';
import { checkListenHost } from '../protocol/net/exposure.ts';
import { addressText } from '../protocol/net/net-error.ts';
import { reachableHost } from '../protocol/net/reachable-host.ts';
import { type Clock, systemClock } from '../runtime/clock.ts';
import { drive, type Driver } from '../runtime/drive.ts';
import { type Log, openLog } from '../runtime/log.ts';
import { UserError } from '../runtime/user-error.ts';
import type { WorkerCommand } from './lifecycle/commands.ts';
import { describeCommand } from './lifecycle/describe-command.ts';
import { describeEvent, type LogLine } from './lifecycle/describe-event.ts';
import type { WorkerEvent } from './lifecycle/events.ts';
import { WorkerCore } from './lifecycle/worker-core.ts';
import type { WorkerSettings } from './lifecycle/worker-settings.ts';
import { ManagerConnection } from './manager-connection.ts';
import { checkWorkerOptions, type WorkerOptions } from './options.ts';
import { performCommand, type PerformContext, type SlotRunner } from './perform.ts';
import { ReleaseStack } from './release-stack.ts';
import { SlotPool, type SlotPoolOptions } from './tasks/slot-pool.ts';
import { openSurroundings, type Surroundings } from './surroundings.ts';

/** A Worker that runs in this process. */
export interface Worker {
  readonly workerId: string;
  /** Where it listens itself. */
  readonly host: string;
  readonly port: number;
  /** What the core was started with, for replaying what `onStep` recorded. */
  readonly settings: WorkerSettings;
  readonly log: Log;
  /** Resolves to the exit code when all is released; rejects with a bug of ours. */
  readonly finished: Promise<number>;
  /** Finishes what runs and leaves: `finished` tells when. Said again, it kills what runs. */
  stop(): void;
  /** Kills what runs and lets go of everything at once. */
  release(): Promise<void>;
}

/** What a test puts in the place of threads and programs. */
export interface WorkerSeams {
  readonly openSlots?: (options: SlotPoolOptions) => SlotRunner;
}

/**
 * Starts a Worker, which then looks for its Manager for as long as it takes.
 * @throws UserError when it cannot start
 */
export async function startWorker(
  options: WorkerOptions,
  { openSlots = (pool) => new SlotPool(pool) }: WorkerSeams = {},
): Promise<Worker> {
  checkWorkerOptions(options);
  const { host, insecureNoSecret, logFile, logLevel, stderr } = options;
  const refusal = checkListenHost(host, { insecureNoSecret });
  if (refusal !== undefined) throw new UserError(refusal);
  const log = await openLog({
    component: 'worker',
    level: logLevel,
    ...(logFile === undefined ? {} : { file: logFile }),
    ...(stderr === undefined ? {} : { stderr }),
  });
  const held = new ReleaseStack(log);
  try {
    const ready: { worker?: RunningWorker } = {};
    const view = (): WorkerView | undefined => ready.worker?.view();
    const around = await openSurroundings(options, { log, held, view });
    ready.worker = new RunningWorker(options, { log, held, around, openSlots });
    return ready.worker;
  } catch (error) {
    await held.releaseAll();
    throw error;
  }
}

interface Parts {
  readonly log: Log;
  readonly held: ReleaseStack;
  readonly around: Surroundings;
  readonly openSlots: (options: SlotPoolOptions) => SlotRunner;
}

class RunningWorker implements Worker {
  readonly workerId: string;
  readonly host: string;
  readonly port: number;
  readonly settings: WorkerSettings;
  readonly log: Log;
  readonly finished: Promise<number>;
  readonly #options: WorkerOptions;
  readonly #held: ReleaseStack;
  readonly #core: WorkerCore;
  readonly #driver: Driver<WorkerEvent>;
  #finish: (code: number) => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;

  constructor(options: WorkerOptions, { log, held, around, openSlots }: Parts) {
    const clock = options.clock ?? systemClock;
    this.#options = options;
    this.#held = held;
    this.log = log;
    this.workerId = around.workerId;
    this.host = around.listener.host;
    this.port = around.listener.port;
    this.finished = new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
    });
    this.settings = settingsOf(options, around);
    this.#core = new WorkerCore(this.settings, clock.nowMs());
    this.#sayHello(around);
    this.#driver = this.#drive(clock, this.#performContext(around, openSlots));
  }

  stop(): void {
    this.#driver.push({ type: 'stop_requested' });
  }

  release(): Promise<void> {
    this.#driver.stop();
    return this.#held.releaseAll();
  }

  /** What this Worker says of itself when it is asked. */
  view(): WorkerView {
    const { reason, udpConfirmed, ...numbers } = this.#core.status;
    return {
      worker_id: this.workerId,
      address: addressText(this.host, this.port),
      slots: this.#options.slots,
      last_sign_of_life_ms_ago: 0,
      udp: udpConfirmed,
      reason: reason ?? null,
      ...numbers,
    };
  }

  #performContext(
    around: Surroundings,
    openSlots: (options: SlotPoolOptions) => SlotRunner,
  ): PerformContext {
    const push = (event: WorkerEvent): void => this.#driver.push(event);
    const slots = openSlots({
      slots: this.#options.slots,
      sortBufferBytes: this.#options.sortBufferBytes,
      workDirectory: around.scratch.path,
      fifoDirectory: around.fifoDirectory,
      workerId: this.workerId,
      guard: around.guard,
      onCrash: (slot, error) =>
        this.log.error(`The thread of slot ${String(slot)} died: ${error.message}`, {
          stack: error.stack,
        }),
    });
    this.#held.add('the slots', () => slots.close());
    const manager = new ManagerConnection({
      ...around.manager,
      push,
      onBadDocument: (reason) => this.log.warn(`The Manager sent a bad document: ${reason}`),
    });
    this.#held.add('the connection', () => manager.close());
    const { heartbeats } = around;
    const onExit = (code: number): void => this.#exit(code);
    return { manager, heartbeats, slots, log: this.log, push, onExit };
  }

  #drive(clock: Clock, context: PerformContext): Driver<WorkerEvent> {
    return drive<WorkerEvent, WorkerCommand>(this.#core, {
      perform: (command) => {
        if (command.type !== 'log') this.#say(describeCommand(command));
        performCommand(command, context);
      },
      clock,
      tickEvent: { type: 'tick' },
      pausedEvent: (pauseMs) => ({ type: 'paused', pauseMs }),
      onStep: (event, nowMs, commands) => {
        this.#say(describeEvent(event));
        this.#options.onStep?.(event, nowMs, commands);
      },
      onBug: (error) => void this.release().then(() => this.#fail(error)),
    });
  }

  #say({ level, message }: LogLine): void {
    this.log[level](message);
  }

  #exit(code: number): void {
    this.log.info(`Worker ${this.workerId} stopped`);
    void this.release().then(() => this.#finish(code));
  }

  #sayHello({ manager, scratch, safety }: Surroundings): void {
    const { log, workerId, host, port } = this;
    const { slots } = this.#options;
    log.info(
      `Worker ${workerId} listening on ${addressText(host, port)} with ${String(slots)} slots, ` +
        `for the Manager at ${addressText(manager.address, manager.port)}`,
    );
    log.info(safety.description);
    log.info(`Scratch: "${scratch.path}"`);
    for (const path of scratch.swept) log.info(`Removed "${path}" of a dead Worker`);
  }
}

const NONCE_BYTES = 16;
const SEED_BYTES = 4;

function settingsOf(options: WorkerOptions, around: Surroundings): WorkerSettings {
  const { manager, listener, safety } = around;
  return {
    workerId: around.workerId,
    nonce: randomBytes(NONCE_BYTES).toString('hex'),
    hostName: hostname(),
    slots: options.slots,
    capabilities: safety.capabilities,
    host: reachableHost(listener.host),
    port: listener.port,
    managerAddress: addressText(manager.address, manager.port),
    orphanTimeoutMs: options.orphanTimeoutMs,
    seed: randomBytes(SEED_BYTES).readUInt32LE(),
  };
}
