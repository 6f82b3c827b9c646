import { readFile } from 'node:fs/promises';
import { SharedRead } from './shared-read.ts';
import {
  type Endpoint,
  endpointTexts,
  SocketList,
  type SocketTable,
  wildcardText,
} from './socket-table.ts';

/**
 * Whose process is at the other end of a loopback connection. The kernel lists every socket with
 * the user who made it in /proc/net/tcp, tcp6, udp and udp6, readable by everybody.
 *
 * `unknown`: the socket is not there (its process has gone) or the lists cannot be read.
 */
export type PeerUser = 'same_user' | 'other_user' | 'unknown';

/** The two ends of a connection as this process sees them. */
export interface SocketPair {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

export interface PeerUidOptions {
  /** Reads one list; /proc/net by default. */
  readonly readTable?: ((table: SocketTable) => Promise<string>) | undefined;
  /** The user that peers must be, beside root; this process's by default. */
  readonly uid?: number | undefined;
  /** Monotonic milliseconds. */
  readonly nowMs?: (() => number) | undefined;
}

/**
 * How long the user of a UDP port is believed, and of how many ports: with thousands of Workers on
 * one machine the kernel's list is long, and each of them sends a datagram every few seconds.
 */
const DATAGRAM_CACHE_MS = 60_000;
const DATAGRAM_CACHE_PORTS = 8192;

const ROOT = 0;
const LISTEN_STATE = '0A';

/** Looks up the users of peers. Make one per process: lookups at the same time share their reads. */
export class PeerUid {
  readonly #uid: number | undefined;
  readonly #nowMs: () => number;
  readonly #tables: Readonly<Record<SocketTable, SharedRead<SocketList>>>;
  readonly #datagramPeers = new Map<
    string,
    { readonly user: PeerUser; readonly untilMs: number }
  >();

  constructor(options: PeerUidOptions = {}) {
    const readTable = options.readTable ?? ((table) => readFile(`/proc/net/${table}`, 'latin1'));
    const readList = async (table: SocketTable): Promise<SocketList> =>
      new SocketList(await readTable(table));
    this.#uid = options.uid ?? process.geteuid?.();
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#tables = {
      tcp: new SharedRead(() => readList('tcp')),
      tcp6: new SharedRead(() => readList('tcp6')),
      udp: new SharedRead(() => readList('udp')),
      udp6: new SharedRead(() => readList('udp6')),
    };
  }

  /** The user who made an accepted connection. */
  ofClient(pair: SocketPair): Promise<PeerUser> {
    return this.#twice(() => this.#connected(pair));
  }

  /**
   * The user whose listener took our connection. Until the listener's process accepts it, the
   * connection belongs to nobody; then the listening socket tells.
   */
  ofServer(pair: SocketPair): Promise<PeerUser> {
    return this.#twice(async () => {
      const connected = await this.#connected(pair);
      return connected === 'unknown' ? this.#listening(pair) : connected;
    });
  }

  /** The user behind a datagram; believed for some seconds, since every Worker sends one often. */
  async ofDatagram(peer: Endpoint): Promise<PeerUser> {
    const key = `${peer.address} ${String(peer.port)}`;
    const known = this.#datagramPeers.get(key);
    const nowMs = this.#nowMs();
    if (known !== undefined && nowMs < known.untilMs) return known.user;
    const user = await this.#twice(() => this.#datagram(peer));
    this.#datagramPeers.delete(key);
    if (user === 'unknown') return user;
    this.#datagramPeers.set(key, { user, untilMs: nowMs + DATAGRAM_CACHE_MS });
    const [oldest] = this.#datagramPeers.keys();
    if (oldest !== undefined && this.#datagramPeers.size > DATAGRAM_CACHE_PORTS) {
      this.#datagramPeers.delete(oldest);
    }
    return user;
  }

  /** The lists are read while sockets come and go: what is not found is looked for once more. */
  async #twice(lookUp: () => Promise<PeerUser>): Promise<PeerUser> {
    if (this.#uid === undefined) return 'unknown';
    try {
      const first = await lookUp();
      return first === 'unknown' ? await lookUp() : first;
    } catch {
      return 'unknown';
    }
  }

  /** The peer's end of a connection is the line whose local address is our remote one. */
  async #connected(pair: SocketPair): Promise<PeerUser> {
    const local = { address: pair.remoteAddress, port: pair.remotePort };
    const remote = { address: pair.localAddress, port: pair.localPort };
    return this.#find(['tcp', 'tcp6'], (table) =>
      endpointTexts(local, table).flatMap((from) =>
        endpointTexts(remote, table).map((to) => ({ local: from, rest: `${to} ` })),
      ),
    );
  }

  async #listening(pair: SocketPair): Promise<PeerUser> {
    const { remoteAddress: address, remotePort: port } = pair;
    return this.#find(['tcp', 'tcp6'], (table) => {
      const locals = [...endpointTexts({ address, port }, table), wildcardText(table, port)];
      return locals.map((local) => ({
        local,
        rest: `${wildcardText(table, 0)} ${LISTEN_STATE} `,
      }));
    });
  }

  async #datagram(peer: Endpoint): Promise<PeerUser> {
    return this.#find(['udp', 'udp6'], (table) =>
      [...endpointTexts(peer, table), wildcardText(table, peer.port)].map((local) => ({ local })),
    );
  }

  /** Judges all sockets that may be the one; one line of another user outweighs the rest. */
  async #find(
    tables: readonly SocketTable[],
    socketsOf: (
      table: SocketTable,
    ) => readonly { readonly local: string; readonly rest?: string }[],
  ): Promise<PeerUser> {
    const uids = new Set<number>();
    // At once: the kernel takes milliseconds over each, however few sockets there are.
    const lists = await Promise.all(tables.map((table) => this.#read(table)));
    for (const { table, list } of lists) {
      for (const { local, rest } of socketsOf(table)) {
        for (const uid of list.ownersOf(local, rest)) uids.add(uid);
      }
    }
    if (uids.size === 0) return 'unknown';
    const allowed = [...uids].every((uid) => uid === this.#uid || uid === ROOT);
    return allowed ? 'same_user' : 'other_user';
  }

  async #read(table: SocketTable): Promise<{ table: SocketTable; list: SocketList }> {
    try {
      return { table, list: await this.#tables[table].read() };
    } catch (error) {
      // A kernel without IPv6 has no tcp6 and udp6.
      if (table.endsWith('6')) return { table, list: new SocketList('') };
      throw error;
    }
  }
}
