import { type ConnectOpts, Socket, type SocketConstructorOpts } from 'node:net';
import type { TaskClock } from './task-clock.ts';
import { withResolvers } from './with-resolvers.ts';

/**
 * Takes bytes that a program wrote. They lie in a buffer that is used again after the call, or
 * after the returned promise has settled: until then the program is held back.
 */
export type ByteSink = (chunk: Uint8Array) => Promise<void> | undefined;

/** The capacity of a pipe on Linux: one read empties it. */
const BUFFER_BYTES = 65_536;

/** Reads one of a program's output streams to its end, into one buffer. */
export class OutputDrain {
  /** Settles at end of file, with every byte taken; rejects with the sink's error. */
  readonly done: Promise<undefined>;
  readonly #socket: Socket;
  readonly #sink: ByteSink;
  readonly #clock: TaskClock;
  readonly #fail: (error: unknown) => void;

  /** @param descriptor our end, non-blocking; closed by the drain */
  constructor(descriptor: number, sink: ByteSink, clock: TaskClock) {
    this.#sink = sink;
    this.#clock = clock;
    // The constructor takes `onread` as connect() does; its types have forgotten that.
    const options: SocketConstructorOpts & ConnectOpts = {
      fd: descriptor,
      readable: true,
      writable: false,
      onread: {
        buffer: Buffer.allocUnsafeSlow(BUFFER_BYTES),
        callback: (bytes, buffer) => this.#take(buffer.subarray(0, bytes)),
      },
    };
    this.#socket = new Socket(options);
    const { promise, resolve, reject } = withResolvers<undefined>();
    this.done = promise;
    this.#fail = reject;
    this.#socket
      .once('end', () => {
        resolve(undefined);
      })
      .once('error', reject);
    this.#socket.resume();
  }

  /** Stops reading, wherever it is; `done` may then stay open. Idempotent. */
  close(): void {
    this.#socket.destroy();
  }

  /** False pauses the socket. */
  #take(chunk: Uint8Array): boolean {
    this.#clock.touch();
    try {
      const taken = this.#sink(chunk);
      if (taken === undefined) return true;
      this.#holdUntil(taken);
    } catch (error) {
      this.#stop(error);
    }
    return false;
  }

  #holdUntil(taken: Promise<void>): void {
    this.#clock.hold();
    taken
      .then(
        () => {
          this.#socket.resume();
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
