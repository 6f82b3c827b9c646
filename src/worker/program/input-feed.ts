import { closeSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LateStdin } from './late-stdin.ts';
import type { Pace } from './pace.ts';
import type { TaskClock } from './task-clock.ts';

/**
 * Gives a program's input piece by piece, undefined at its end. A piece must stay as it is until
 * the next one is asked for.
 */
export type ByteSource = () => Uint8Array | undefined | Promise<Uint8Array | undefined>;

/** How often is looked whether a program reads what waits for it. */
const LOOK_EVERY_MS = 200;
/** How much is written in one go before this thread looks at its other sockets. */
const BYTES_PER_TURN = 1024 * 1024;

/** How many bytes, or that nobody will read any more. */
type Written = number | 'closed';

/** The part of a socket by which Node itself, for `setTimeout`, sees that a write goes on. */
interface WritingSocket {
  readonly _handle?: { readonly writeQueueSize: number } | null;
}

/**
 * Writes a source into a program's stdin as the program reads it, and closes it at the end.
 * A program that stops reading ends the feed; that is no error.
 */
export class InputFeed {
  /**
   * Settles when nothing more will be written; rejects when the source does. Then stdin stays open,
   * so that the program cannot take the failure for the end of its input.
   */
  readonly done: Promise<void>;
  readonly #descriptor: number;
  readonly #source: ByteSource;
  readonly #clock: TaskClock;
  readonly #pace: Pace;
  readonly #onFull: () => void;
  #socket: Socket | undefined;
  #lateStdin: LateStdin | undefined;
  #looks: NodeJS.Timeout | undefined;
  /** What was left of a piece at the last look. */
  #leftBytes = 0;
  #closed = false;
  #bytesThisTurn = 0;

  /**
   * @param descriptor our end of the program's stdin, non-blocking; closed by the feed
   * @param onFull called when the program has to read before more can be written
   */
  constructor(
    descriptor: number,
    source: ByteSource,
    clock: TaskClock,
    pace: Pace,
    onFull: () => void = () => undefined,
  ) {
    this.#descriptor = descriptor;
    this.#source = source;
    this.#clock = clock;
    this.#pace = pace;
    this.#onFull = onFull;
    this.done = this.#run();
  }

  /** Stops at once; call it when the program has ended. Idempotent. */
  close(): void {
    this.#closeDescriptor();
    this.#lateStdin?.close();
    this.#lateStdin = undefined;
  }

  async #run(): Promise<void> {
    for (;;) {
      const chunk = await this.#nextChunk();
      if (this.#closed) return;
      if (chunk === undefined) break;
      if (!(await this.#writeAll(chunk))) return;
    }
    this.#lateStdin = LateStdin.open(this.#descriptor);
    this.#closeDescriptor();
  }

  async #nextChunk(): Promise<Uint8Array | undefined> {
    this.#clock.hold();
    try {
      return await this.#source();
    } finally {
      this.#clock.release();
    }
  }

  /** False when the program reads no more. */
  async #writeAll(chunk: Uint8Array): Promise<boolean> {
    let at = 0;
    // Whether there is room is known from the last write; to be told by an error costs more than it.
    let isFull = false;
    while (at < chunk.length) {
      const written: Written = isFull
        ? await this.#writeMore(chunk, at)
        : this.#tryWrite(chunk, at);
      if (written === 'closed' || this.#closed) {
        this.#closeDescriptor();
        return false;
      }
      at += written;
      isFull = at < chunk.length;
      if (written > 0) this.#clock.touch();
      this.#pace.moved(written);
      await this.#takeTurns(written);
    }
    return true;
  }

  /** Writes what fits now. */
  #tryWrite(chunk: Uint8Array, at: number): Written {
    try {
      return writeSync(this.#descriptor, chunk, at, chunk.length - at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') return 0;
      if (code === 'EPIPE') return 'closed';
      throw error;
    }
  }

  /** Writes when the program has read some of what it has. */
  async #writeMore(chunk: Uint8Array, at: number): Promise<Written> {
    this.#onFull();
    // What it wrote is taken first: perhaps it waits for us.
    await nextTurn();
    if (this.#closed) return 'closed';
    return this.#refill(chunk, at);
  }

  /**
   * Writes the rest as room comes. Only sockets wait for room in a pipe; they write page after page,
   * as a program reads, without a call of ours for each.
   */
  #refill(chunk: Uint8Array, at: number): Promise<Written> {
    this.#socket ??= this.#openSocket();
    const socket = this.#socket;
    const piece = chunk.subarray(at);
    return new Promise((resolve) => {
      const stopped = (): void => {
        resolve('closed');
      };
      socket.once('error', stopped).once('close', stopped);
      socket.write(piece, (error) => {
        socket.off('error', stopped).off('close', stopped);
        // The error event comes after this; somebody has to listen.
        if (error) socket.once('error', () => undefined);
        resolve(error ? 'closed' : piece.length);
      });
    });
  }

  #openSocket(): Socket {
    const socket = new Socket({ fd: this.#descriptor, readable: false, writable: true });
    this.#looks = setInterval(() => {
      this.#look(socket);
    }, LOOK_EVERY_MS);
    return socket;
  }

  /** A program that takes long for a piece is seen reading it. */
  #look(socket: Socket): void {
    const { _handle: handle } = socket as Socket & WritingSocket;
    const leftBytes = handle?.writeQueueSize ?? 0;
    if (leftBytes === this.#leftBytes) return;
    this.#leftBytes = leftBytes;
    this.#clock.touch();
  }

  async #takeTurns(written: number): Promise<void> {
    this.#bytesThisTurn += written;
    if (this.#bytesThisTurn < BYTES_PER_TURN) return;
    this.#bytesThisTurn = 0;
    await nextTurn();
  }

  #closeDescriptor(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#looks);
    if (this.#socket) this.#socket.destroy();
    else closeSync(this.#descriptor);
  }
}
