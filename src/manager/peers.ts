import type { HasFiles, PutFile } from '../protocol/client-messages.ts';
import { isWorkerMessage, type MessageOf } from '../protocol/directions.ts';
import { MessageTooLongError } from '../protocol/encode.ts';
import type { ErrorCode, ManagerReply } from '../protocol/manager-replies.ts';
import type { Connection } from '../protocol/net/connection.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { errorText } from '../runtime/system-error.ts';
import type { ConnectionId, ManagerEvent } from './scheduler/events.ts';
import type { OrderParts } from './scheduler/task-order.ts';
import type { FileStore } from './store/file-store.ts';

/** One connection. What it is shows with its first message. */
interface Peer {
  readonly id: ConnectionId;
  readonly connection: Connection<'to_manager'>;
  role: 'client' | 'worker' | undefined;
  /** File messages that are not answered yet. */
  owed: number;
  /** Close once nothing is owed. */
  closing: boolean;
  /** File messages are dealt with one after the other. */
  fileWork: Promise<void>;
}

export interface PeersOptions {
  readonly push: (event: ManagerEvent) => void;
  readonly files: FileStore;
  readonly log: Log;
  readonly clock: Clock;
}

/** A reader so far behind gets no more snapshots. */
const DROPPABLE_ABOVE_BYTES = 256 * 1024;
/** A client that leaves so much unread is not reading. */
const UNREAD_BYTES_MAX = 4 * 1024 * 1024;
/** File messages that may wait; a client that follows the protocol sends one at a time. */
const FILE_MESSAGES_MAX = 32;

/** The Manager's connections: messages in as events, replies and orders out. */
export class Peers {
  readonly #options: PeersOptions;
  readonly #peers = new Map<ConnectionId, Peer>();
  #nextId = 1;

  constructor(options: PeersOptions) {
    this.#options = options;
  }

  /** Takes over a new connection. */
  adopt(connection: Connection<'to_manager'>): void {
    const peer: Peer = {
      id: this.#nextId,
      connection,
      role: undefined,
      owed: 0,
      closing: false,
      fileWork: Promise.resolve(),
    };
    this.#nextId += 1;
    this.#peers.set(peer.id, peer);
    connection.onClose((reason) => this.#closed(peer, reason.text));
    connection.onPeerEnd(() => this.#ended(peer));
    connection.onMessage((message) => this.#receive(peer, message));
  }

  /** Sends unless the client has gone or reads too slowly; a snapshot is left out early. */
  sendClient(id: ConnectionId, message: ManagerReply, droppable: boolean): void {
    const connection = this.#peers.get(id)?.connection;
    if (!connection) return;
    if (droppable && connection.bufferedBytes > DROPPABLE_ABOVE_BYTES) return;
    try {
      connection.send(message);
    } catch (error) {
      if (!(error instanceof MessageTooLongError)) throw error;
      this.#options.log.error(`Cannot answer ${connection.peer}: ${error.message}`);
      this.#refuse(connection, 'internal', 'Cannot answer: the answer is too long');
    }
    if (connection.bufferedBytes <= UNREAD_BYTES_MAX) return;
    this.#options.log.warn(`Closing ${connection.peer}: it does not read what it asked for`);
    connection.destroy();
  }

  /** Closes after what was sent, and answers about files that are still owed, have left. */
  closeClient(id: ConnectionId): void {
    const peer = this.#peers.get(id);
    if (!peer) return;
    peer.closing = true;
    if (peer.owed === 0) peer.connection.close();
  }

  sendWorker(id: ConnectionId, parts: OrderParts): void {
    const connection = this.#peers.get(id)?.connection;
    if (parts.common === undefined) connection?.send(parts.order);
    else connection?.sendParts(parts.order, parts.common);
  }

  /** An error for a Worker that is not taken; it decides whether to try again. */
  refuseWorker(id: ConnectionId, code: ErrorCode, message: string): void {
    const connection = this.#peers.get(id)?.connection;
    if (!connection) return;
    this.#refuse(connection, code, message);
    connection.close();
  }

  closeWorker(id: ConnectionId): void {
    this.#peers.get(id)?.connection.close();
  }

  #receive(peer: Peer, message: MessageOf<'to_manager'>): void {
    if (message.message_type === 'error') {
      this.#options.log.warn(`${peer.connection.peer} reports an error: ${message.message}`);
      return;
    }
    const role = isWorkerMessage(message) ? 'worker' : 'client';
    peer.role ??= role;
    if (peer.role !== role) {
      const text = `Cannot take "${message.message_type}" from a ${peer.role}`;
      this.#refuse(peer.connection, 'not_allowed', text);
      return;
    }
    if (isWorkerMessage(message)) {
      const { peer: address } = peer.connection;
      this.#options.push({ type: 'worker_message', connection: peer.id, message, address });
    } else if (message.message_type === 'has_files' || message.message_type === 'put_file') {
      this.#fileMessage(peer, message);
    } else {
      const wallMs = this.#options.clock.wallMs();
      this.#options.push({ type: 'client_message', client: peer.id, message, wallMs });
    }
  }

  #fileMessage(peer: Peer, message: HasFiles | PutFile): void {
    if (peer.owed >= FILE_MESSAGES_MAX) {
      this.#options.log.warn(`Closing ${peer.connection.peer}: it does not wait for answers`);
      peer.connection.destroy();
      return;
    }
    peer.owed += 1;
    peer.fileWork = peer.fileWork.then(async () => {
      const answer = await this.#fileAnswer(peer.id, message);
      this.sendClient(peer.id, answer, false);
      peer.owed -= 1;
      if (peer.closing && peer.owed === 0) peer.connection.close();
    });
  }

  async #fileAnswer(id: ConnectionId, message: HasFiles | PutFile): Promise<ManagerReply> {
    const { files } = this.#options;
    try {
      if (message.message_type === 'has_files') {
        return { message_type: 'files', missing: await files.ask(id, message.hashes) };
      }
      const complete = await files.put(id, message);
      return { message_type: 'files', missing: complete ? [] : [message.sha256] };
    } catch (error) {
      return { message_type: 'error', code: 'refused', message: errorText(error) };
    }
  }

  #refuse(connection: Connection<'to_manager'>, code: ErrorCode, message: string): void {
    connection.send({ message_type: 'error', code, message });
  }

  /** A client that sends no more still gets its answers; one that never asked is done. */
  #ended(peer: Peer): void {
    if (peer.role === 'client') this.#options.push({ type: 'client_ended', client: peer.id });
    else peer.connection.close();
  }

  #closed(peer: Peer, reason: string): void {
    this.#peers.delete(peer.id);
    peer.fileWork = peer.fileWork.then(() => this.#options.files.forget(peer.id));
    if (peer.role === 'client') this.#options.push({ type: 'client_closed', client: peer.id });
    if (peer.role === 'worker') {
      this.#options.push({ type: 'worker_closed', connection: peer.id, reason });
    }
  }
}
