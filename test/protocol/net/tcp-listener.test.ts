import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LIST, ManagerPort } from './manager-port.ts';
import { RawPeer } from './raw-peer.ts';

let manager: ManagerPort;

beforeEach(() => {
  manager = new ManagerPort();
});

afterEach(async () => {
  await manager.stop();
});

describe('a listener', () => {
  test('says which address is taken', async () => {
    await manager.start();
    const second = new ManagerPort();
    await expect(second.start({ port: manager.port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      message: `Cannot listen on 127.0.0.1:${String(manager.port)}: address already in use`,
    });
  });

  test('refuses connections beyond its cap, and takes new ones when old ones end', async () => {
    await manager.start({ connectionsMax: 2 });
    const first = await RawPeer.connect(manager.port);
    const second = await RawPeer.connect(manager.port);
    await manager.until(() => manager.connections.length === 2);
    const third = await RawPeer.connect(manager.port);
    await manager.until(() => manager.refused.length === 1);
    expect(manager.refused).toEqual(['too many connections']);
    await third.untilEnd();
    first.end();
    await first.untilEnd();
    await manager.until(() => manager.closed.length === 1);
    const fourth = await RawPeer.connect(manager.port);
    await fourth.write(`${LIST}\n`);
    await fourth.answers(1);
    second.socket.destroy();
    fourth.socket.destroy();
  });

  test('hears nothing from a peer whose user is not known', async () => {
    await manager.start({ checkPeer: () => Promise.resolve('unknown') });
    const peer = await RawPeer.connect(manager.port);
    await peer.write(`${LIST}\n`);
    expect(await peer.untilEnd()).toBe('');
    expect(manager.requests).toEqual([]);
    expect(manager.refused).toEqual(['cannot tell which user its process belongs to']);
  });

  test('survives a peer that is gone while its user is looked up', async () => {
    let answer: ((user: 'same_user') => void) | undefined;
    await manager.start({
      checkPeer: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    });
    const peer = await RawPeer.connect(manager.port);
    peer.socket.resetAndDestroy();
    await peer.untilEnd();
    answer?.('same_user');
    await manager.stop();
    expect(manager.requests).toEqual([]);
  });

  test('can close a connection unheard, and sees its peer go', async () => {
    const codes: string[] = [];
    let closed: (() => void) | undefined;
    await manager.start({
      onConnection: (connection) => {
        connection.onClose(({ code }) => {
          codes.push(code);
          closed?.();
        });
        connection.close();
      },
    });
    const peer = await RawPeer.connect(manager.port);
    await peer.write(`${LIST}\n`);
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    await peer.untilEnd();
    await gone;
    expect(codes).toEqual(['closed']);
  });

  test('lets connections send their last words when it closes, and is then gone', async () => {
    await manager.start();
    const peer = await RawPeer.connect(manager.port);
    await manager.until(() => manager.connections.length === 1);
    manager.connections[0]?.send({ message_type: 'files', missing: [] });
    const ended = peer.untilEnd();
    await manager.close();
    expect(await ended).toContain('"files"');
    await expect(RawPeer.connect(manager.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
