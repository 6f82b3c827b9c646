import type { Socket } from 'node:net';

/** Above this many unsent bytes the owner should wait. */
const HIGH_WATER_BYTES = 1024 * 1024;
/** A peer that leaves more than this unread is not worth the memory. */
const UNSENT_BYTES_MAX = 16 * 1024 * 1024;

/** Writes lines to a socket, those of one turn of the event loop in one system call. */
export class Outbox {
  readonly #socket: Socket;
  #flushPlanned = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Bytes that the kernel has not taken yet. */
  get bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  /** Whether a sender should wait for the socket's `drain`. */
  get isFull(): boolean {
    return this.bufferedBytes >= HIGH_WATER_BYTES;
  }

  /** Whether the peer has left so much unread that it should be dropped. */
  get isOverflowing(): boolean {
    return this.bufferedBytes > UNSENT_BYTES_MAX;
  }

  write(line: Uint8Array): void {
    if (!this.#flushPlanned) {
      this.#flushPlanned = true;
      this.#socket.cork();
      setImmediate(() => {
        this.#flushPlanned = false;
        this.#socket.uncork();
      });
    }
    this.#socket.write(line);
  }
}
