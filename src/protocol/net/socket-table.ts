import { endianness } from 'node:os';

/** The kernel's lists of sockets in /proc/net: how they write endpoints, and whose sockets they are. */
export type SocketTable = 'tcp' | 'tcp6' | 'udp' | 'udp6';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/**
 * Users of the lines of a socket list that hold `text`. Sockets without an inode are left out: they
 * outlive their process (TIME_WAIT) or have none yet, and the kernel shows them as root's.
 */
export function* ownersOf(listing: string, text: string): Generator<number> {
  for (let at = listing.indexOf(text); at !== -1; at = listing.indexOf(text, at + 1)) {
    const lineEnd = listing.indexOf('\n', at);
    const line = listing.slice(at + 2, lineEnd === -1 ? undefined : lineEnd);
    // local remote state tx:rx tr:when retransmits uid timeout inode …
    const columns = line.split(/\s+/, 9);
    const inode = columns[8];
    if (inode !== undefined && inode !== '0') yield Number(columns[6]);
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
