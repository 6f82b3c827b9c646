import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CloseReason } from '../../../src/protocol/net/connection.ts';
import { connectTcp } from '../../../src/protocol/net/tcp-connect.ts';
import { LIST, ManagerPort, REGISTER } from './manager-port.ts';
import { RawPeer } from './raw-peer.ts';

let server: ManagerPort;

beforeEach(async () => {
  server = new ManagerPort();
  await server.start();
});

afterEach(async () => {
  await server.stop();
});

describe('ends', () => {
  test('a Worker that dies closes its connection, though a client might only have half-closed', async () => {
    const peer = await RawPeer.connect(server.port);
    await peer.write(`${JSON.stringify(REGISTER)}\n`);
    await server.until(() => server.requests.length === 1);
    peer.end();
    await server.until(() => server.closed.length === 1);
    expect(server.closed[0]?.code).toBe('ended');
    expect(server.peerEnds).toBe(0);
    await peer.untilEnd();
  });

  test('a reset is told as a failure', async () => {
    const peer = await RawPeer.connect(server.port);
    await peer.write(`${LIST}\n`);
    await peer.answers(1);
    peer.socket.resetAndDestroy();
    await server.until(() => server.closed.length === 1);
    expect(server.closed).toEqual([{ code: 'failed', text: 'connection reset by peer' }]);
  });

  test('after a close nothing more is received, and sending is harmless', async () => {
    const peer = await RawPeer.connect(server.port);
    await server.until(() => server.connections.length === 1);
    server.connections[0]?.close();
    await peer.write(`${LIST}\n`);
    await peer.untilEnd();
    await server.until(() => server.closed.length === 1);
    expect(server.connections[0]?.send({ message_type: 'files', missing: [] })).toBe(false);
    expect(server.requests).toEqual([]);
    expect(server.timers.waiting).toBe(0);
  });

  test('a peer that does not end its side after a close is cut off two seconds after the last byte', async () => {
    const peer = await RawPeer.connect(server.port);
    await server.until(() => server.connections.length === 1);
    server.connections[0]?.send({ message_type: 'files', missing: [] });
    server.connections[0]?.close();
    await peer.answers(1);
    await server.until(() => server.timers.waiting === 1);
    server.timers.advance(2000);
    await server.until(() => server.closed.length === 1);
    expect(server.closed[0]?.code).toBe('closed');
    peer.socket.destroy();
  });
});

describe('the connecting end', () => {
  test('messages go both ways, and the end of the Manager ends the connection', async () => {
    const worker = await connectTcp({
      host: 'localhost',
      port: server.port,
      direction: 'from_manager_to_worker',
      timeoutMs: 5000,
    });
    const orders: string[] = [];
    const closed = new Promise<CloseReason>((resolve) => {
      worker.onClose(resolve);
    });
    worker.onMessage((message) => orders.push(message.message_type));
    expect(worker.send(REGISTER)).toBe(true);
    await server.until(() => server.requests.length === 1);
    expect(server.requests).toEqual([REGISTER]);
    server.connections[0]?.send({ message_type: 'shutdown', epoch: 1, number: 1 });
    server.connections[0]?.close();
    await expect(closed).resolves.toMatchObject({ code: 'ended' });
    expect(orders).toEqual(['shutdown']);
  });

  test('messages that were sent before anybody listens are kept', async () => {
    const client = await connectTcp({
      host: '127.0.0.1',
      port: server.port,
      direction: 'from_manager_to_client',
      timeoutMs: 5000,
    });
    client.send({ message_type: 'list_workers' });
    await server.until(() => server.requests.length === 1);
    server.connections[0]?.close();
    const received = new Promise((resolve) => {
      client.onMessage(resolve);
    });
    await expect(received).resolves.toEqual({ message_type: 'workers', workers: [] });
    client.destroy();
  });

  test('nobody listening is an error that says so and keeps the code', async () => {
    const port = server.port;
    await server.stop();
    const connecting = connectTcp({
      host: '127.0.0.1',
      port,
      direction: 'from_manager_to_client',
      timeoutMs: 5000,
    });
    await expect(connecting).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      message: `Cannot connect to 127.0.0.1:${String(port)}: connection refused`,
    });
  });

  test.each([
    ['reset', (peer: Socket) => peer.resetAndDestroy()],
    ['ended', (peer: Socket) => peer.destroy()],
  ])('a connection that is %s while its peer is looked up is an error', async (_, finish) => {
    const listener = createServer();
    const accepted = once(listener, 'connection') as Promise<[Socket]>;
    await once(listener.listen(0, '127.0.0.1'), 'listening');
    const { port } = listener.address() as AddressInfo;
    const connecting = connectTcp({
      host: '127.0.0.1',
      port,
      direction: 'from_manager_to_client',
      timeoutMs: 5000,
      checkPeer: async () => {
        const [peer] = await accepted;
        finish(peer);
        await once(peer, 'close');
        // On loopback this end has it at once, and reads it at the next turn.
        for (let turn = 0; turn < 3; turn++) await nextTurn();
        return 'same_user';
      },
    });
    await expect(connecting).rejects.toMatchObject({
      code: 'ECONNRESET',
      message: `Cannot connect to 127.0.0.1:${String(port)}: the peer ended the connection`,
    });
    listener.close();
  });

  test('an aborted attempt to connect is over', async () => {
    const connecting = connectTcp({
      host: '127.0.0.1',
      port: server.port,
      direction: 'from_manager_to_client',
      timeoutMs: 5000,
      signal: AbortSignal.abort(),
    });
    await expect(connecting).rejects.toMatchObject({ code: 'ABORT_ERR' });
  });
});

describe('back-pressure', () => {
  test('send says false while a megabyte waits, and the drain is told', async () => {
    const peer = await RawPeer.connect(server.port);
    peer.socket.pause();
    await server.until(() => server.connections.length === 1);
    const connection = server.connections[0];
    const lines = Array.from({ length: 100 }, () => 'x'.repeat(5000));
    const message = {
      message_type: 'log_lines',
      attempt: 'map-00001.1',
      path: '/log',
      lines,
      next: null,
    } as const;
    let sent = 1;
    while (connection?.send(message) === true) sent++;
    expect(connection?.bufferedBytes).toBeGreaterThan(1024 * 1024);
    expect(sent).toBeLessThan(10);
    const drained = new Promise<void>((resolve) => {
      connection?.onDrain(resolve);
    });
    peer.socket.resume();
    await drained;
    await peer.answers(sent);
    expect(connection?.bufferedBytes).toBe(0);
    peer.socket.destroy();
  });

  test('a peer that asks without reading the answers is no longer read, and served once it reads', async () => {
    const peer = await RawPeer.connect(server.port);
    peer.socket.pause();
    await peer.write(`${LIST}\n`);
    await server.until(() => server.requests.length === 1);
    const connection = server.connections[0];
    const lines = ['x'.repeat(60_000)];
    for (let i = 0; i < 200; i++) {
      connection?.send({
        message_type: 'log_lines',
        attempt: 'map-00001.1',
        path: '/log',
        lines,
        next: null,
      });
    }
    await peer.write(`${LIST}\n`);
    await server.until(() => server.requests.length === 2);
    await peer.write(`${LIST}\n`);
    await turnOfTheEventLoop();
    expect(server.requests).toHaveLength(2);
    peer.socket.resume();
    await server.until(() => server.requests.length === 3);
    peer.socket.destroy();
  });

  test('a peer that leaves 16 MiB unread is dropped', async () => {
    const peer = await RawPeer.connect(server.port);
    peer.socket.pause();
    await server.until(() => server.connections.length === 1);
    const connection = server.connections[0];
    const lines = Array.from({ length: 15 }, () => 'x'.repeat(60_000));
    for (let i = 0; i < 40; i++) {
      connection?.send({
        message_type: 'log_lines',
        attempt: 'map-00001.1',
        path: '/log',
        lines,
        next: null,
      });
    }
    await server.until(() => server.closed.length === 1);
    expect(server.closed[0]?.code).toBe('refused');
    peer.socket.destroy();
  });

  test('messages of one turn travel in one write', async () => {
    const peer = await RawPeer.connect(server.port);
    await server.until(() => server.connections.length === 1);
    const connection = server.connections[0];
    for (let i = 0; i < 50; i++) connection?.send({ message_type: 'files', missing: [] });
    const chunks: string[] = [];
    peer.socket.on('data', (text: string) => chunks.push(text));
    await peer.answers(50);
    expect(chunks).toHaveLength(1);
    peer.socket.destroy();
  });
});

/** Long enough for loopback bytes that are on their way to be delivered, were they read. */
async function turnOfTheEventLoop(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
