import { expect, test } from 'vitest';
import type { MessageOf } from '../../src/protocol/directions.ts';
import { MessageTooLongError } from '../../src/protocol/encode.ts';
import type { Connection } from '../../src/protocol/net/connection.ts';
import { silentLog } from '../../src/runtime/log.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { Peers } from '../../src/manager/peers.ts';
import type { ManagerEvent } from '../../src/manager/scheduler/events.ts';
import type { FileStore } from '../../src/manager/store/file-store.ts';

/** A connection whose unsent bytes a test sets by hand. */
class FakeConnection {
  readonly peer = '127.0.0.1:5555';
  readonly sent: { readonly message_type: string }[] = [];
  bufferedBytes = 0;
  ending = '';
  message: (message: MessageOf<'to_manager'>) => void = () => undefined;
  peerEnd: () => void = () => undefined;
  closed: (reason: { text: string }) => void = () => undefined;

  onMessage(handler: (message: MessageOf<'to_manager'>) => void): void {
    this.message = handler;
  }
  onPeerEnd(handler: () => void): void {
    this.peerEnd = handler;
  }
  onClose(handler: (reason: { text: string }) => void): void {
    this.closed = handler;
  }
  send(message: { readonly message_type: string }): boolean {
    this.sent.push(message);
    return true;
  }
  close(): void {
    this.ending = 'closed';
  }
  destroy(): void {
    this.ending = 'destroyed';
  }
}

function setUp() {
  const events: ManagerEvent[] = [];
  const finish: (() => void)[] = [];
  const files = {
    ask: () => new Promise<readonly string[]>((resolve) => finish.push(() => resolve([]))),
    forget: () => Promise.resolve(),
  } as unknown as FileStore;
  const push = (event: ManagerEvent): void => void events.push(event);
  const peers = new Peers({ push, files, log: silentLog, clock: systemClock });
  const connection = new FakeConnection();
  peers.adopt(connection as unknown as Connection<'to_manager'>);
  return { peers, connection, events, finish };
}

const jobs = { message_type: 'jobs', jobs: [], finished_today: 0, next: null } as const;

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test('a client that reads slowly misses snapshots, but nothing else', () => {
  const { peers, connection } = setUp();
  peers.sendClient(1, jobs, true);
  connection.bufferedBytes = 300 * 1024;
  peers.sendClient(1, jobs, true);
  peers.sendClient(1, jobs, false);
  expect(connection.sent).toHaveLength(2);
  expect(connection.ending).toBe('');
});

test('a client that does not read at all is closed', () => {
  const { peers, connection } = setUp();
  connection.bufferedBytes = 4 * 1024 * 1024 + 1;
  peers.sendClient(1, jobs, false);
  expect(connection.ending).toBe('destroyed');
});

test('an answer that is too long is replaced by an error', () => {
  const { peers, connection } = setUp();
  const real = connection.send.bind(connection);
  connection.send = (message) => {
    if (message.message_type === 'jobs') throw new MessageTooLongError('jobs', 2_000_000);
    return real(message);
  };
  peers.sendClient(1, jobs, false);
  expect(connection.sent).toMatchObject([{ message_type: 'error', code: 'internal' }]);
});

test('a client that sends no more is told so to the scheduler, a silent one is closed', () => {
  const { connection, events } = setUp();
  connection.peerEnd();
  expect(connection.ending).toBe('closed');
  connection.message({ message_type: 'list_workers' });
  connection.peerEnd();
  expect(events).toMatchObject([{ type: 'client_message', client: 1 }, { type: 'client_ended' }]);
});

test('closing waits for answers about files', async () => {
  const { peers, connection, finish } = setUp();
  connection.message({ message_type: 'has_files', hashes: ['x'] });
  peers.closeClient(1);
  await settle();
  expect(connection.ending).toBe('');
  finish[0]?.();
  await settle();
  expect(connection.sent).toEqual([{ message_type: 'files', missing: [] }]);
  expect(connection.ending).toBe('closed');
});

test('a client that sends files without waiting for answers is closed', () => {
  const { connection } = setUp();
  for (let index = 0; index < 33; index += 1) {
    connection.message({ message_type: 'has_files', hashes: ['x'] });
  }
  expect(connection.ending).toBe('destroyed');
});

test('the end of a connection is an event of its role', () => {
  const { peers, connection, events } = setUp();
  connection.message({
    message_type: 'goodbye',
    worker_id: 'node1-1',
    nonce: 'x',
    epoch: 1,
    number: 1,
  });
  connection.closed({ text: 'connection reset by peer' });
  expect(events).toMatchObject([
    { type: 'worker_message', connection: 1, address: '127.0.0.1:5555' },
    { type: 'worker_closed', connection: 1, reason: 'connection reset by peer' },
  ]);
  peers.sendClient(1, jobs, false);
  expect(connection.sent).toEqual([]);
});
