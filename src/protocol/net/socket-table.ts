import { endianness } from 'node:os';

/** The kernel's lists of sockets in /proc/net: how they write endpoints, and whose sockets they are. */
export type SocketTable = 'tcp' | 'tcp6' | 'udp' | 'udp6';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** One of the kernel's lists at a moment, with its lines found by their local endpoint. */
export class SocketList {
  /** Lines from the local endpoint on, by that endpoint. */
  readonly #lines = new Map<string, string[]>();

  constructor(listing: string) {
    for (const line of listing.split('\n')) {
      const from = line.indexOf(': ') + 2;
      const local = line.slice(from, line.indexOf(' ', from));
      const known = this.#lines.get(local);
      if (known) known.push(line.slice(from));
      else this.#lines.set(local, [line.slice(from)]);
    }
  }

  /**
   * Users of the sockets at `local`, whose line goes on with `rest`. Sockets without an inode are left
   * out: they outlive their process (TIME_WAIT) or have none yet, and the kernel shows them as root's.
   */
  *ownersOf(local: string, rest = ''): Generator<number> {
    for (const line of this.#lines.get(local) ?? []) {
      if (!line.startsWith(rest, local.length + 1)) continue;
      // local remote state tx:rx tr:when retransmits uid timeout inode …
      const columns = line.split(/\s+/, 9);
      const inode = columns[8];
      if (inode !== undefined && inode !== '0') yield Number(columns[6]);
    }
  }
}

/** How a list writes an endpoint; IPv4 in the lists of IPv6 is mapped (`::ffff:127.0.0.1`). */
export function endpointTexts(endpoint: Endpoint, table: SocketTable): readonly string[] {
  const port = portText(endpoint.port);
  const v4 = endpoint.address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!v4.includes(':')) {
    const word = wordText(v4.split('.').map(Number));
    return table.endsWith('6')
      ? [`0000000000000000${wordText([0, 0, 0xff, 0xff])}${word}:${port}`]
      : [`${word}:${port}`];
  }
  return table.endsWith('6') ? [`${ipv6Text(v4)}:${port}`] : [];
}

export function wildcardText(table: SocketTable, port: number): string {
  return `${'0'.repeat(table.endsWith('6') ? 32 : 8)}:${portText(port)}`;
}

function portText(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}

/** Four bytes as the kernel prints them: one word in the machine's own byte order. */
function wordText(bytes: readonly number[]): string {
  const ordered = endianness() === 'LE' ? bytes.toReversed() : bytes;
  return ordered.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');
}

function ipv6Text(address: string): string {
  const [head = '', tail] = address.split('::');
  const front = head.split(':').filter(Boolean);
  const back = (tail ?? '').split(':').filter(Boolean);
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => '0');
  const bytes = [...front, ...zeros, ...back]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 0xff]);
  return [0, 4, 8, 12].map((start) => wordText(bytes.slice(start, start + 4))).join('');
}
