import { closeSync, readSync } from 'node:fs';
import { type ConnectOpts, Socket, type SocketConstructorOpts } from 'node:net';
import type { Pace } from './pace.ts';
import type { TaskClock } from './task-clock.ts';
import { withResolvers } from '../../runtime/launch/with-resolvers.ts';

/**
 * Takes bytes that a program wrote. They lie in a buffer that is used again after the call, or
 * after the returned promise has settled: until then the program is held back.
 */
export type ByteSink = (chunk: Uint8Array) => Promise<void> | undefined;

/** The capacity of a pipe on Linux: one read empties it. */
const BUFFER_BYTES = 65_536;

/** For what {@link OutputDrain.finish} reads; as many as were needed at once. */
const spareBuffers: Buffer[] = [];

/** Reads one of a program's output streams to its end. */
export class OutputDrain {
  /** Settles at end of file, with every byte taken; rejects with the sink's error. */
  readonly done: Promise<undefined>;
  readonly #descriptor: number;
  readonly #sink: ByteSink;
  readonly #clock: TaskClock;
  readonly #pace: Pace | undefined;
  readonly #resolve: () => void;
  readonly #fail: (error: unknown) => void;
  #socket: Socket | undefined;
  #isClosed = false;

  /**
   * @param descriptor our end, non-blocking; closed by the drain
   * @param pace of a program that may write much
   */
  constructor(descriptor: number, sink: ByteSink, clock: TaskClock, pace?: Pace) {
    this.#descriptor = descriptor;
    this.#sink = sink;
    this.#clock = clock;
    this.#pace = pace;
    const { promise, resolve, reject } = withResolvers<undefined>();
    this.done = promise;
    this.#resolve = () => {
      resolve(undefined);
    };
    this.#fail = reject;
  }

  /** Reads from now on, whenever something is written. Idempotent. */
  start(): void {
    if (this.#isClosed || this.#socket !== undefined) return;
    // The constructor takes `onread` as connect() does; its types have forgotten that.
    const options: SocketConstructorOpts & ConnectOpts = {
      fd: this.#descriptor,
      readable: true,
      writable: false,
      onread: {
        buffer: Buffer.allocUnsafeSlow(BUFFER_BYTES),
        callback: (bytes, buffer) => this.#take(buffer.subarray(0, bytes)),
      },
    };
    this.#socket = new Socket(options);
    this.#socket.once('end', this.#resolve).once('error', this.#fail);
    this.#socket.resume();
  }

  /**
   * The program has ended: reads what it left, at once when nobody else can write. A short program
   * so needs no socket, which costs more than all else here.
   */
  async finish(): Promise<void> {
    if (this.#isClosed || this.#socket !== undefined) return;
    const buffer = spareBuffers.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
    try {
      const isEnd = await this.#readOut(buffer);
      if (isEnd) this.#resolve();
      else this.start();
    } catch (error) {
      this.#fail(error);
    } finally {
      spareBuffers.push(buffer);
    }
  }

  /** Stops reading, wherever it is; `done` may then stay open. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#socket) this.#socket.destroy();
    else closeSync(this.#descriptor);
  }

  /** False when there may be more to come. */
  async #readOut(buffer: Buffer): Promise<boolean> {
    while (!this.#isClosed) {
      const bytes = readNow(this.#descriptor, buffer);
      if (bytes === undefined) return false;
      if (bytes === 0) return true;
      const taken = this.#sink(buffer.subarray(0, bytes));
      if (taken !== undefined) await taken;
    }
    return false;
  }

  /** False pauses the socket. */
  #take(chunk: Uint8Array): boolean {
    this.#clock.touch();
    try {
      const taken = this.#sink(chunk);
      if (taken === undefined) {
        this.#letWrite(chunk.length);
        return true;
      }
      this.#holdUntil(taken);
    } catch (error) {
      this.#stop(error);
    }
    return false;
  }

  /** A full buffer came as fast as it could be read. */
  #letWrite(bytes: number): void {
    this.#pace?.moved(bytes);
    if (bytes < BUFFER_BYTES) this.#pace?.rest();
  }

  #holdUntil(taken: Promise<void>): void {
    this.#clock.hold();
    taken
      .then(
        () => {
          this.#socket?.resume();
        },
        (error: unknown) => {
          this.#stop(error);
        },
      )
      .finally(() => {
        this.#clock.release();
      });
  }

  #stop(error: unknown): void {
    this.#fail(error);
    this.close();
  }
}

/** Undefined when there is nothing to read now. */
function readNow(descriptor: number, buffer: Buffer): number | undefined {
  try {
    return readSync(descriptor, buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}
