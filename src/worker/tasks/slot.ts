import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { attemptKey, type AttemptRef } from '../../protocol/ids.ts';
import { assert } from '../../runtime/assert.ts';
import { SharedGroups } from './shared-groups.ts';
import type { SlotAnswer, SlotRequest, SlotThreadData } from './slot-messages.ts';
import type { SlotEvent, TaskOrderMessage } from './task-result.ts';

export interface SlotOptions extends Omit<SlotThreadData, 'groups'> {
  readonly name: string;
  /** A thread has died; another one takes its place. */
  readonly onCrash: (error: Error) => void;
}

/** Heaps are small: big memory lies outside them (see Arena). */
const HEAP_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 };
/** How long a thread may take to kill its programs and clean up. */
const CLOSE_WITHIN_MS = 2_000;

/** By name: with `--local` this module is part of the client's file, elsewhere. */
const SLOT_THREAD = createRequire(import.meta.url).resolve('#slot-thread');

interface Current {
  readonly order: TaskOrderMessage;
  readonly onEvent: (event: SlotEvent) => void;
}

/** One slot as the main thread sees it: a thread, and the attempt that it runs. */
export class Slot {
  readonly #options: SlotOptions;
  #thread: Worker;
  #groups = new SharedGroups();
  #current: Current | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: SlotOptions) {
    this.#options = options;
    this.#thread = this.#startThread();
  }

  run(order: TaskOrderMessage, onEvent: (event: SlotEvent) => void): void {
    assert(this.#current === undefined, `${this.#options.name} runs an attempt already`);
    this.#current = { order, onEvent };
    this.#send({ type: 'run', order });
  }

  /** Whether this attempt runs here. */
  runs(attempt: AttemptRef): boolean {
    return this.#current !== undefined && attemptKey(this.#current.order) === attemptKey(attempt);
  }

  kill(): void {
    this.#send({ type: 'kill' });
  }

  /** Kills what runs, which ends as `killed`, and ends the thread. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const ended = once(this.#thread, 'exit');
    this.#send({ type: 'close' });
    const deadline = setTimeout(() => {
      this.#killPrograms();
      void this.#thread.terminate();
    }, CLOSE_WITHIN_MS);
    await ended;
    clearTimeout(deadline);
    this.#end({ type: 'ended', result: { outcome: 'killed' } });
  }

  #startThread(): Worker {
    const { name, onCrash: _onCrash, ...data } = this.#options;
    this.#groups = new SharedGroups();
    const workerData: SlotThreadData = { ...data, groups: this.#groups.memory };
    const thread = new Worker(SLOT_THREAD, {
      name,
      workerData,
      resourceLimits: HEAP_LIMITS,
      // The thread passes descriptors to programs and closes them itself.
      trackUnmanagedFds: false,
    });
    let reason = new Error('its thread ended');
    thread.on('message', (event: SlotAnswer) => {
      this.#take(event);
    });
    thread.on('error', (error) => {
      reason = error;
    });
    thread.on('exit', () => {
      if (this.#closed === undefined) this.#replaceThread(reason);
    });
    return thread;
  }

  #take(event: SlotEvent): void {
    if (event.type === 'ended') this.#end(event);
    else this.#current?.onEvent(event);
  }

  #end(event: SlotEvent): void {
    const current = this.#current;
    this.#current = undefined;
    current?.onEvent(event);
  }

  #replaceThread(error: Error): void {
    this.#killPrograms();
    this.#thread = this.#startThread();
    this.#options.onCrash(error);
    this.#end({
      type: 'ended',
      result: {
        outcome: 'unfit',
        cause: { text: `the slot's thread died: ${error.message}`, exit_code: null, signal: null },
        command: '',
        role: null,
        reproduce: null,
        stderr_tail: [],
        input: null,
        bad_run: null,
      },
    });
  }

  #killPrograms(): void {
    this.#groups.kill();
  }

  #send(request: SlotRequest): void {
    this.#thread.postMessage(request);
  }
}
