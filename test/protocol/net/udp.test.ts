import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, test } from 'vitest';
import type { Heartbeat } from '../../../src/protocol/index.ts';
import type { BadDocument } from '../../../src/protocol/net/connection.ts';
import { PeerUid } from '../../../src/protocol/net/peer-uid.ts';
import {
  type HeartbeatListener,
  type HeartbeatListenerOptions,
  HeartbeatSender,
  listenHeartbeats,
} from '../../../src/protocol/net/udp.ts';

const HEARTBEAT: Heartbeat = {
  message_type: 'heartbeat',
  worker_id: 'node1-1',
  nonce: 'n1',
  epoch: 1,
  number: 1,
  received: 0,
  sent: 0,
  unacknowledged_ms: 0,
};

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** A listener whose next event can be waited for. */
async function listen(options: Partial<HeartbeatListenerOptions> = {}): Promise<{
  listener: HeartbeatListener;
  next: () => Promise<Heartbeat | BadDocument>;
}> {
  const events: (Heartbeat | BadDocument)[] = [];
  let wake: (() => void) | undefined;
  const take = (event: Heartbeat | BadDocument): void => {
    events.push(event);
    wake?.();
  };
  const listener = await listenHeartbeats({
    host: 'localhost',
    port: 0,
    onHeartbeat: take,
    onBad: take,
    ...options,
  });
  cleanups.push(() => listener.close());
  const next = async (): Promise<Heartbeat | BadDocument> => {
    for (;;) {
      const event = events.shift();
      if (event !== undefined) return event;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { listener, next };
}

async function sendTo(port: number): Promise<HeartbeatSender> {
  const sender = await HeartbeatSender.open({ host: 'localhost', port });
  cleanups.push(() => {
    sender.close();
  });
  return sender;
}

describe('heartbeats', () => {
  test('arrive as they were sent, and the kernel tells its buffer', async () => {
    const { listener, next } = await listen();
    const sender = await sendTo(listener.port);
    sender.send(HEARTBEAT);
    await expect(next()).resolves.toEqual(HEARTBEAT);
    expect(sender.sentCount).toBe(1);
    expect(listener.receiveBufferBytes).toBeGreaterThan(0);
  });

  test('of this user pass the check of /proc', async () => {
    const peers = new PeerUid();
    const { listener, next } = await listen({ checkPeer: (peer) => peers.ofDatagram(peer) });
    (await sendTo(listener.port)).send(HEARTBEAT);
    await expect(next()).resolves.toEqual(HEARTBEAT);
  });

  test('of another user are dropped unread', async () => {
    const { listener, next } = await listen({ checkPeer: () => Promise.resolve('other_user') });
    (await sendTo(listener.port)).send(HEARTBEAT);
    await expect(next()).resolves.toMatchObject({ code: 'not_allowed' });
  });

  test('that are garbage are dropped without an answer, and the next one counts', async () => {
    const { listener, next } = await listen();
    const stranger = createSocket('udp4');
    cleanups.push(() => stranger.close());
    const answers: unknown[] = [];
    stranger.on('message', (answer) => answers.push(answer));
    for (let i = 0; i < 100; i++) {
      stranger.send(Buffer.from([i, 0xff, 0x7b]), listener.port, '127.0.0.1');
      await expect(next()).resolves.toMatchObject({ code: 'bad_json' });
    }
    stranger.send('{"message_type":"shutdown"}', listener.port, '127.0.0.1');
    await expect(next()).resolves.toMatchObject({
      code: 'not_allowed',
      reason: 'Message "shutdown" is not for UDP',
    });
    (await sendTo(listener.port)).send(HEARTBEAT);
    await expect(next()).resolves.toEqual(HEARTBEAT);
    expect(answers).toEqual([]);
  });

  test('that cannot be sent are counted with the cause, not thrown', async () => {
    // The kernel refuses to broadcast for a socket that did not ask to: nothing leaves the machine.
    const sender = await HeartbeatSender.open({ host: '255.255.255.255', port: 6000 });
    cleanups.push(() => {
      sender.close();
    });
    sender.send(HEARTBEAT);
    while (sender.failedCount === 0) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    expect(sender.lastError).toBe('permission denied');
    expect(sender.sentCount).toBe(0);
    sender.close();
    sender.send(HEARTBEAT);
  });

  test('a port that is taken is named', async () => {
    const { listener } = await listen();
    await expect(listen({ port: listener.port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      message: expect.stringContaining(`UDP 127.0.0.1:${String(listener.port)}`) as string,
    });
  });
});
