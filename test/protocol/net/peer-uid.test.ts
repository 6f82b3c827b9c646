import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test, type TestContext } from 'vitest';
import { PeerUid } from '../../../src/protocol/net/peer-uid.ts';
import type { SocketTable } from '../../../src/protocol/net/socket-table.ts';
import { connectTcp } from '../../../src/protocol/net/tcp-connect.ts';
import { needsPrograms, needsRoot } from '../../needs.ts';
import { LIST, ManagerPort } from './manager-port.ts';
import { RawPeer } from './raw-peer.ts';

const ME = 1000;
const SOMEBODY = 1001;
const HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n';

/** Our end: 127.0.0.1:6000; the peer's: 127.0.0.1:51234. */
const PAIR = {
  localAddress: '127.0.0.1',
  localPort: 6000,
  remoteAddress: '127.0.0.1',
  remotePort: 51_234,
};
const OURS = '0100007F:1770';
const PEERS = '0100007F:C822';
const MAPPED = '0000000000000000FFFF0000';
const ANY = '00000000:0000';
const ESTABLISHED = '01';
const TIME_WAIT = '06';
const LISTEN = '0A';

function line(local: string, remote: string, state: string, uid: number, inode = 4711): string {
  const queues = '00000000:00000000 00:00000000 00000000';
  return `   7: ${local} ${remote} ${state} ${queues} ${String(uid)}        0 ${String(inode)} 1 0000\n`;
}

/**
 * Runs a script in this Node as another user. Through `setpriv`, which unlike `spawn` keeps root's
 * capabilities, because this Node may lie in a directory that is closed to others.
 */
function asNobody(context: TestContext, script: string): ChildProcessWithoutNullStreams {
  needsRoot(context);
  needsPrograms(context, 'setpriv');
  const nobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];
  return spawn('setpriv', [...nobody, process.execPath, '-e', script], { cwd: '/' });
}

/** A lookup over made-up lists; each array entry is what one read finds, the last for ever. */
function peerUid(
  lists: Partial<Record<SocketTable, string[]>>,
  nowMs = () => 0,
): { peers: PeerUid; reads: SocketTable[] } {
  const reads: SocketTable[] = [];
  const readTable = (table: SocketTable): Promise<string> => {
    reads.push(table);
    const versions = lists[table] ?? [''];
    const listing = versions.length > 1 ? versions.shift() : versions[0];
    return Promise.resolve(HEADER + (listing ?? ''));
  };
  return { peers: new PeerUid({ readTable, uid: ME, nowMs }), reads };
}

describe('an accepted connection', () => {
  test.each([
    { uid: ME, user: 'same_user' },
    { uid: 0, user: 'same_user' },
    { uid: SOMEBODY, user: 'other_user' },
  ])('of uid $uid is of $user', async ({ uid, user }) => {
    const { peers } = peerUid({ tcp: [line(PEERS, OURS, ESTABLISHED, uid)] });
    await expect(peers.ofClient(PAIR)).resolves.toBe(user);
  });

  test('is judged by the peer’s end, not by ours', async () => {
    const listing = line(OURS, PEERS, ESTABLISHED, ME) + line(PEERS, OURS, ESTABLISHED, SOMEBODY);
    await expect(peerUid({ tcp: [listing] }).peers.ofClient(PAIR)).resolves.toBe('other_user');
  });

  test('is found among the sockets of IPv6 when the peer has such a one', async () => {
    const listing = line(MAPPED + PEERS, MAPPED + OURS, ESTABLISHED, SOMEBODY);
    await expect(peerUid({ tcp6: [listing] }).peers.ofClient(PAIR)).resolves.toBe('other_user');
  });

  test('over IPv6 itself is found', async () => {
    const loopback = '00000000000000000000000001000000';
    const listing = line(`${loopback}:C822`, `${loopback}:1770`, ESTABLISHED, ME);
    const pair = { ...PAIR, localAddress: '::1', remoteAddress: '::1' };
    await expect(peerUid({ tcp6: [listing] }).peers.ofClient(pair)).resolves.toBe('same_user');
  });

  test('that outlived its process is nobody’s, not root’s', async () => {
    const listing = line(PEERS, OURS, TIME_WAIT, 0, 0);
    await expect(peerUid({ tcp: [listing] }).peers.ofClient(PAIR)).resolves.toBe('unknown');
  });

  test('that the first read missed is looked for once more', async () => {
    const { peers, reads } = peerUid({ tcp: ['', line(PEERS, OURS, ESTABLISHED, ME)] });
    await expect(peers.ofClient(PAIR)).resolves.toBe('same_user');
    expect(reads).toEqual(['tcp', 'tcp6', 'tcp', 'tcp6']);
  });

  test('another connection to the same port says nothing about it', async () => {
    const listing = line('0100007F:C823', OURS, ESTABLISHED, ME);
    await expect(peerUid({ tcp: [listing] }).peers.ofClient(PAIR)).resolves.toBe('unknown');
  });

  test('is of an unknown user where the lists cannot be read', async () => {
    const peers = new PeerUid({ readTable: () => Promise.reject(new Error('EACCES')), uid: ME });
    await expect(peers.ofClient(PAIR)).resolves.toBe('unknown');
  });

  test('a kernel without IPv6 is no hindrance', async () => {
    const readTable = (table: SocketTable): Promise<string> =>
      table === 'tcp'
        ? Promise.resolve(line(PEERS, OURS, ESTABLISHED, ME))
        : Promise.reject(new Error('ENOENT'));
    await expect(new PeerUid({ readTable, uid: ME }).ofClient(PAIR)).resolves.toBe('same_user');
  });
});

describe('a listener that took our connection', () => {
  test('is known by its listening socket while it has not accepted', async () => {
    const pending = line(PEERS, OURS, ESTABLISHED, 0, 0);
    const listing = pending + line('00000000:C822', ANY, LISTEN, SOMEBODY);
    await expect(peerUid({ tcp: [listing] }).peers.ofServer(PAIR)).resolves.toBe('other_user');
    const own = pending + line(PEERS, ANY, LISTEN, ME);
    await expect(peerUid({ tcp: [own] }).peers.ofServer(PAIR)).resolves.toBe('same_user');
  });

  test('is known by the accepted connection before that', async () => {
    const listing = line(PEERS, OURS, ESTABLISHED, SOMEBODY) + line(PEERS, ANY, LISTEN, ME);
    await expect(peerUid({ tcp: [listing] }).peers.ofServer(PAIR)).resolves.toBe('other_user');
  });
});

describe('the sender of a datagram', () => {
  const sender = { address: '127.0.0.1', port: 51_234 };

  test('is known by its port, whatever address it is bound to', async () => {
    const { peers } = peerUid({ udp: [line('00000000:C822', ANY, '07', ME)] });
    await expect(peers.ofDatagram(sender)).resolves.toBe('same_user');
  });

  test('is of another user as soon as one socket of that port is', async () => {
    const listing = line('00000000:C822', ANY, '07', ME) + line(PEERS, ANY, '07', SOMEBODY);
    await expect(peerUid({ udp: [listing] }).peers.ofDatagram(sender)).resolves.toBe('other_user');
  });

  test('is remembered for a minute', async () => {
    let now = 0;
    const { peers, reads } = peerUid({ udp: [line(PEERS, ANY, '07', ME)] }, () => now);
    for (let i = 0; i < 10; i++) await peers.ofDatagram(sender);
    expect(reads).toEqual(['udp', 'udp6']);
    now = 60_000;
    await peers.ofDatagram(sender);
    expect(reads).toHaveLength(4);
  });

  test('lookups at the same time share their reads', async () => {
    const { peers, reads } = peerUid({ udp: [line(PEERS, ANY, '07', ME)] });
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => peers.ofDatagram({ ...sender, port: 40_000 + i })),
    );
    expect(reads.length).toBeLessThan(20);
  });
});

describe('on this machine', () => {
  test('a connection of our own is taken at both ends', async () => {
    const peers = new PeerUid();
    const port = new ManagerPort();
    await port.start({ checkPeer: (pair) => peers.ofClient(pair) });
    const client = await connectTcp({
      host: 'localhost',
      port: port.port,
      direction: 'from_manager_to_client',
      timeoutMs: 5000,
      checkPeer: (pair) => peers.ofServer(pair),
    });
    client.send({ message_type: 'list_workers' });
    const answer = new Promise((resolve) => {
      client.onMessage(resolve);
    });
    await expect(answer).resolves.toEqual({ message_type: 'workers', workers: [] });
    client.destroy();
    await port.stop();
  });

  test('a connection of another user is closed without an answer', async (context) => {
    needsRoot(context);
    const peers = new PeerUid({ uid: ME });
    const port = new ManagerPort();
    await port.start({ checkPeer: (pair) => peers.ofClient(pair) });
    const script = `
      const socket = require('node:net').connect(${String(port.port)}, '127.0.0.1');
      socket.write(${JSON.stringify(`${LIST}\n`)});
      socket.on('error', () => {});
      socket.on('data', (data) => process.stdout.write(data));
      socket.on('close', () => process.stdout.write('closed'));`;
    const child = asNobody(context, script);
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    await once(child, 'close');
    expect(output).toBe('closed');
    expect(port.refused).toEqual(['its process belongs to another user']);
    expect(port.requests).toEqual([]);

    const root = await RawPeer.connect(port.port);
    await root.write(`${LIST}\n`);
    await expect(root.answers(1)).resolves.toHaveLength(1);
    root.socket.destroy();
    await port.stop();
  });

  test('a listener of another user is not spoken to', async (context) => {
    const script = `
      const server = require('node:net').createServer((socket) => socket.on('error', () => {}));
      server.listen(0, '127.0.0.1', () => console.log(server.address().port));
      process.stdin.resume().on('end', () => process.exit());`;
    const child = asNobody(context, script);
    const [port] = (await once(child.stdout, 'data')) as [Buffer];
    const connecting = connectTcp({
      host: '127.0.0.1',
      port: Number(port.toString()),
      direction: 'from_manager_to_worker',
      timeoutMs: 5000,
      checkPeer: (pair) => new PeerUid().ofServer(pair),
    });
    await expect(connecting).rejects.toMatchObject({ code: 'EOTHERUSER' });
    child.stdin.end();
    await once(child, 'close');
  });
});
