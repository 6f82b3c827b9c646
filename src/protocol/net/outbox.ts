import type { Socket } from 'node:net';

/** Above this many unsent bytes the owner should wait. */
const HIGH_WATER_BYTES = 1024 * 1024;
/** A peer that leaves more than this unread is not worth the memory. */
const UNSENT_BYTES_MAX = 16 * 1024 * 1024;

/** Writes lines to a socket, those of one turn of the event loop as one text in one system call. */
export class Outbox {
  readonly #socket: Socket;
  /** Lines of this turn. */
  #text = '';

  readonly #onDrain: () => void;

  /** @param onDrain told when nothing waits any more after {@link isFull} was true */
  constructor(socket: Socket, onDrain: () => void) {
    this.#socket = socket;
    this.#onDrain = onDrain;
    socket.on('drain', onDrain);
  }

  /** Bytes that the kernel has not taken yet; characters of this turn count as one each. */
  get bufferedBytes(): number {
    return this.#socket.writableLength + this.#text.length;
  }

  /** Whether a sender should wait for the socket's `drain`. */
  get isFull(): boolean {
    return this.bufferedBytes >= HIGH_WATER_BYTES;
  }

  /** Whether the peer has left so much unread that it should be dropped. */
  get isOverflowing(): boolean {
    return this.bufferedBytes > UNSENT_BYTES_MAX;
  }

  write(line: string): void {
    if (this.#text === '') setImmediate(() => this.flush());
    this.#text += line;
  }

  /** Hands over what was written: before the socket is ended, else at the end of the turn. */
  flush(): void {
    const text = this.#text;
    if (text === '' || !this.#socket.writable) return;
    const wasFull = this.isFull;
    this.#text = '';
    this.#socket.write(text);
    // The kernel may take it all at once, and then the socket has nothing to tell.
    if (wasFull && !this.#socket.writableNeedDrain) this.#onDrain();
  }
}
