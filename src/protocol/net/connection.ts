import type { Socket } from 'node:net';
import { assert } from '../../runtime/assert.ts';
import type { AnswerOf, MessageOf } from '../directions.ts';
import { lineOf } from '../encode.ts';
import type { SplitLine } from '../line-splitter.ts';
import type { ErrorMessage } from '../manager-replies.ts';
import {
  type BadDocument,
  type CloseReason,
  type ConnectionOptions,
  isManagersEnd,
  type TcpDirection,
} from './connection-options.ts';
import { DocumentReader } from './document-reader.ts';
import { LineWatch, UNFINISHED_LINE_MS } from './line-watch.ts';
import { addressText, causeInWords } from './net-error.ts';
import { Outbox } from './outbox.ts';
import { realTimers, type Timer, type Timers } from './timers.ts';

export type { BadDocument, CloseReason, ConnectionOptions, TcpDirection };

const KEEP_ALIVE_MS = 30_000;
/** After `close`, how long unsent bytes may take, and then the peer to end its side. */
const FLUSH_MS = 30_000;
const LINGER_MS = 2000;

/**
 * One TCP connection that speaks the protocol: messages in and out, bad documents answered.
 * Nothing is read before {@link onMessage} is called.
 *
 * A client may end its side and still get its answers (`nc -N`); {@link onPeerEnd} tells. A peer
 * that has registered as a Worker never does so: its end closes the connection, as does the
 * Manager's at the other ends.
 */
export class Connection<D extends TcpDirection> {
  /** `127.0.0.1:51234` */
  readonly peer: string;
  /** `127.0.0.1`: where the peer was reached, whatever name it was called by. */
  readonly peerAddress: string;
  readonly #socket: Socket;
  readonly #options: ConnectionOptions<D>;
  readonly #timers: Timers;
  readonly #reader: DocumentReader<D>;
  readonly #outbox: Outbox;
  readonly #lineWatch: LineWatch;
  #state: 'open' | 'closing' | 'closed' = 'open';
  #closeReason: CloseReason | undefined;
  #endsWithPeer: boolean;
  #peerEnded = false;
  #closing: Timer | undefined;
  #idle: Timer | undefined;
  #messageHandler: ((message: MessageOf<D>) => void) | undefined;
  #closeHandler: ((reason: CloseReason) => void) | undefined;
  #peerEndHandler: (() => void) | undefined;
  #drainHandler: (() => void) | undefined;

  /** @param socket connected, with `allowHalfOpen`, and not read from by anybody else */
  constructor(socket: Socket, options: ConnectionOptions<D>) {
    this.#socket = socket;
    this.#options = options;
    this.#timers = options.timers ?? realTimers;
    this.#reader = new DocumentReader(options.direction);
    this.#outbox = new Outbox(socket, () => {
      this.#onDrain();
    });
    this.#lineWatch = new LineWatch(this.#timers, {
      onSilence: () => {
        this.#onSilence();
      },
      onUnfinished: () => {
        this.#onUnfinishedLine();
      },
    });
    this.#endsWithPeer = !isManagersEnd(options.direction);
    this.peerAddress = socket.remoteAddress ?? 'gone';
    this.peer = addressText(this.peerAddress, socket.remotePort ?? 0);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('error', (error) => {
      this.#closeReason ??= { code: 'failed', text: causeInWords(error) };
    });
    socket.on('close', () => {
      this.#onSocketClose();
    });
  }

  /** Bytes that were sent but not yet taken by the kernel. */
  get bufferedBytes(): number {
    return this.#outbox.bufferedBytes;
  }

  /** Whether `send` still reaches the peer. */
  get writable(): boolean {
    return this.#state === 'open' && this.#socket.writable;
  }

  /** Sets the receiver of messages, `error` among them, and begins to read. */
  onMessage(handler: (message: MessageOf<D>) => void): void {
    assert(this.#messageHandler === undefined, 'a connection has one receiver of messages');
    this.#messageHandler = handler;
    this.#socket.on('data', (chunk: Buffer) => {
      this.#onData(chunk);
    });
    this.#socket.on('end', () => {
      this.#onEnd();
    });
    this.#socket.resume();
    const timeoutMs = this.#options.firstDocumentTimeoutMs ?? 0;
    if (timeoutMs === 0) return;
    this.#idle = this.#timers.after(timeoutMs, () => {
      this.#destroy({ code: 'refused', text: 'no document came' });
    });
  }

  /** Called once when the connection is over, for whatever reason; at the next turn if it is already. */
  onClose(handler: (reason: CloseReason) => void): void {
    this.#closeHandler = handler;
    if (this.#state === 'closed') setImmediate(handler, this.#reason());
  }

  /** Called when the peer will send no more but may still read; the owner then closes when done. */
  onPeerEnd(handler: () => void): void {
    this.#peerEndHandler = handler;
    if (this.#peerEnded) setImmediate(handler);
  }

  /** Called when everything was sent after `send` had returned false. */
  onDrain(handler: () => void): void {
    this.#drainHandler = handler;
  }

  /**
   * Sends a message; those of one turn of the event loop travel together. On a connection that is
   * over it is dropped: `onClose` tells.
   * @returns false when the owner should wait for `onDrain` before sending more
   * @throws {MessageTooLongError} when no receiver would take it
   */
  send(message: AnswerOf<D>): boolean {
    return this.#send(lineOf(message));
  }

  /** Sends a message that comes in parts, as {@link lineOf} takes them. */
  sendParts(own: { readonly message_type: string }, common: object): boolean {
    return this.#send(lineOf(own, common));
  }

  /** Ends the connection once everything was sent; nothing is received any more. */
  close(): void {
    this.#close({ code: 'closed', text: 'closed' });
  }

  /** Ends the connection at once; what was not sent is lost. */
  destroy(): void {
    this.#destroy({ code: 'closed', text: 'closed' });
  }

  #refuse(error: Pick<ErrorMessage, 'code' | 'message'>): void {
    this.#send(lineOf({ message_type: 'error', ...error }));
  }

  #send(line: string): boolean {
    if (!this.writable) return false;
    this.#outbox.write(line);
    if (this.#outbox.isOverflowing) {
      const unread = `${String(this.bufferedBytes)} bytes wait for a peer that does not read`;
      this.#destroy({ code: 'refused', text: unread });
    }
    return !this.#outbox.isFull;
  }

  #onData(chunk: Buffer): void {
    if (this.#state !== 'open') return;
    const lines = this.#reader.push(chunk);
    for (const line of lines) this.#take(line);
    if (!this.#isOpen()) return;
    if (this.#reader.midLine) this.#lineWatch.touch(lines.length > 0);
    else this.#lineWatch.stop();
  }

  #onSilence(): void {
    const whole = this.#reader.takeWhole();
    if (whole === undefined) return;
    this.#lineWatch.stop();
    this.#take(whole);
  }

  #onUnfinishedLine(): void {
    const reason = `The document was not finished within ${String(UNFINISHED_LINE_MS / 1000)} s`;
    this.#report('unfinished', reason);
    this.#refuse({ code: 'bad_json', message: reason });
    this.#close({ code: 'refused', text: reason });
  }

  #onEnd(): void {
    this.#peerEnded = true;
    if (this.#state !== 'open') return;
    this.#lineWatch.stop();
    const rest = this.#reader.end();
    if (rest !== undefined) this.#take(rest);
    if (this.#endsWithPeer || this.#reader.documents === 0) {
      this.#close({ code: 'ended', text: 'the peer ended the connection' });
    } else {
      this.#peerEndHandler?.();
    }
  }

  #take(line: SplitLine): void {
    if (this.#state !== 'open') return;
    const reading = this.#reader.read(line);
    switch (reading?.kind) {
      case undefined:
        return;
      case 'message':
        this.#idle?.cancel();
        if (reading.message.message_type === 'register') this.#endsWithPeer = true;
        this.#messageHandler?.(reading.message);
        this.#pauseForSlowReader();
        return;
      case 'bad': {
        const { code, reason } = reading.refusal;
        this.#report(code, reason);
        if (reading.answer) this.#refuse({ code, message: reason });
        if (reading.last) this.#close({ code: 'refused', text: reason });
        return;
      }
      case 'http':
        this.#report('http', 'An HTTP request came to the port of the Muster protocol');
        this.#destroy({ code: 'refused', text: 'not the Muster protocol' });
        return;
      default:
        reading satisfies never;
    }
  }

  /**
   * The Manager stops reading from a peer that does not read its answers. The other ends never
   * do: two ends that wait for each other would wait for ever.
   */
  #pauseForSlowReader(): void {
    if (!isManagersEnd(this.#options.direction)) return;
    if (this.#outbox.isFull) this.#socket.pause();
  }

  #onDrain(): void {
    if (this.#messageHandler !== undefined) this.#socket.resume();
    if (this.#state === 'open') this.#drainHandler?.();
  }

  #report(code: BadDocument['code'], reason: string): void {
    this.#options.onBadDocument?.({ peer: this.peer, code, reason });
  }

  /** What the peer still sends is read and thrown away: unread bytes would reset our last words. */
  #close(reason: CloseReason): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#closeReason ??= reason;
    this.#stopTimers();
    const destroy = (): void => {
      this.#socket.destroy();
    };
    this.#closing = this.#timers.after(FLUSH_MS, destroy);
    this.#socket.once('finish', () => {
      this.#closing?.cancel();
      this.#closing = this.#timers.after(LINGER_MS, destroy);
    });
    this.#outbox.flush();
    this.#socket.end();
    this.#socket.resume();
  }

  #destroy(reason: CloseReason): void {
    if (this.#state === 'closed') return;
    this.#state = 'closing';
    this.#closeReason ??= reason;
    this.#stopTimers();
    this.#socket.destroy();
  }

  #onSocketClose(): void {
    this.#state = 'closed';
    this.#stopTimers();
    this.#closing?.cancel();
    this.#closeHandler?.(this.#reason());
  }

  #reason(): CloseReason {
    return this.#closeReason ?? { code: 'ended', text: 'the peer ended the connection' };
  }

  /** Asked anew after a handler ran, which may have closed the connection. */
  #isOpen(): boolean {
    return this.#state === 'open';
  }

  #stopTimers(): void {
    this.#idle?.cancel();
    this.#lineWatch.stop();
  }
}
