import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MESSAGE_BYTES_MAX } from '../../../src/protocol/index.ts';
import { JOB, LIST, ManagerPort } from './manager-port.ts';
import { RawPeer } from './raw-peer.ts';

let server: ManagerPort;

beforeEach(async () => {
  server = new ManagerPort();
  await server.start();
});

afterEach(async () => {
  await server.stop();
});

describe('documents', () => {
  test('several on one connection are each a message, blank lines none', async () => {
    const peer = await RawPeer.connect(server.port);
    await peer.write(`${LIST}\n\n \r\n${LIST}\r\n`);
    await expect(peer.answers(2)).resolves.toEqual([
      { message_type: 'workers', workers: [] },
      { message_type: 'workers', workers: [] },
    ]);
    expect(server.types).toEqual(['list_workers', 'list_workers']);
    peer.socket.destroy();
  });

  test('the last one counts without a newline, and is answered after the peer ended its side', async () => {
    const peer = await RawPeer.connect(server.port);
    await peer.write(LIST);
    peer.end();
    await server.until(() => server.peerEnds === 1);
    await expect(peer.answers(1)).resolves.toHaveLength(1);
    expect(server.connections[0]?.writable).toBe(true);
    server.connections[0]?.send({ message_type: 'files', missing: [] });
    server.connections[0]?.close();
    expect((await peer.untilEnd()).split('\n')[1]).toBe('{"message_type":"files","missing":[]}');
    await server.until(() => server.closed.length === 1);
    expect(server.closed[0]?.code).toBe('closed');
  });

  test('a whole one is taken after a silence, the newline that comes later is none', async () => {
    const peer = await RawPeer.connect(server.port);
    await peer.write(LIST);
    await server.until(() => server.timers.waiting >= 3);
    server.timers.advance(199);
    expect(server.requests).toEqual([]);
    server.timers.advance(1);
    expect(server.types).toEqual(['list_workers']);
    await peer.write(`\n${LIST}\n`);
    await peer.answers(2);
    expect(server.bad).toEqual([]);
    peer.socket.destroy();
  });

  test('half a one waits for its end, through any silence up to 30 s', async () => {
    const peer = await RawPeer.connect(server.port);
    await peer.write(LIST.slice(0, 12));
    await server.until(() => server.timers.waiting >= 3);
    server.timers.advance(29_999);
    expect(server.bad).toEqual([]);
    await peer.write(`${LIST.slice(12)}\n`);
    await peer.answers(1);
    expect(server.types).toEqual(['list_workers']);
    peer.socket.destroy();
  });

  test('half a one that ends in a brace is not taken for a whole one', async () => {
    const peer = await RawPeer.connect(server.port);
    const half = '{"message_type":"new_manager_job","environment":{}';
    await peer.write(half);
    await server.until(() => server.timers.waiting >= 3);
    server.timers.advance(200);
    await peer.write(`,${JOB.slice(1)}\n`);
    await server.until(() => server.requests.length === 1);
    expect(server.bad).toEqual([]);
    peer.socket.destroy();
  });

  test('each has 30 s of its own', async () => {
    const peer = await RawPeer.connect(server.port);
    await peer.write(LIST.slice(0, 12));
    await server.until(() => server.timers.waiting >= 3);
    server.timers.advance(29_000);
    await peer.write(`${LIST.slice(12)}\n${LIST.slice(0, 12)}`);
    await peer.answers(1);
    server.timers.advance(29_000);
    await peer.write(`${LIST.slice(12)}\n`);
    await peer.answers(2);
    expect(server.bad).toEqual([]);
    peer.socket.destroy();
  });

  test('one that is not finished within 30 s is answered and closes the connection', async () => {
    const peer = await RawPeer.connect(server.port);
    await peer.write(LIST.slice(0, 12));
    await server.until(() => server.timers.waiting >= 3);
    server.timers.advance(30_000);
    expect(await peer.untilEnd()).toContain('"code":"bad_json"');
    expect(server.bad.map((bad) => bad.code)).toEqual(['unfinished']);
  });

  test('an empty connection is ignored and closed', async () => {
    const peer = await RawPeer.connect(server.port);
    await server.until(() => server.connections.length === 1);
    peer.end();
    expect(await peer.untilEnd()).toBe('');
    expect(server.bad).toEqual([]);
    expect(server.requests).toEqual([]);
  });

  test('a peer that never sends one is closed after five minutes', async () => {
    const peer = await RawPeer.connect(server.port);
    await server.until(() => server.connections.length === 1);
    server.timers.advance(300_000);
    expect(await peer.untilEnd()).toBe('');
    expect(server.closed).toEqual([{ code: 'refused', text: 'no document came' }]);
  });
});

describe('bad documents', () => {
  test('the first on a connection is answered and ends it; what follows is not heard', async () => {
    const peer = await RawPeer.connect(server.port);
    await peer.write(`{"message_type":"new_manger_job"}\n${JOB}\n`);
    const answers = await peer.untilEnd();
    expect(JSON.parse(answers)).toEqual({
      message_type: 'error',
      code: 'unknown_type',
      message: 'Unknown message "new_manger_job"; did you mean "new_manager_job"?',
    });
    expect(server.requests).toEqual([]);
  });

  test('a later one is answered and dropped, and nothing else is disturbed', async () => {
    const peer = await RawPeer.connect(server.port);
    await peer.write(`${LIST}\nnonsense\n${LIST}\n`);
    const answers = await peer.answers(3);
    expect(answers.map((answer) => answer['message_type'])).toEqual([
      'workers',
      'error',
      'workers',
    ]);
    expect(server.bad).toEqual([
      expect.objectContaining({ code: 'bad_json', peer: expect.stringMatching(/^127\.0\.0\.1:/) }),
    ]);
    peer.socket.destroy();
  });

  test('ten close the connection', async () => {
    const peer = await RawPeer.connect(server.port);
    await peer.write(`${LIST}\n${'nonsense\n'.repeat(12)}${LIST}\n`);
    const lines = (await peer.untilEnd()).trimEnd().split('\n');
    expect(lines).toHaveLength(11);
    expect(server.types).toEqual(['list_workers']);
    expect(server.bad).toHaveLength(10);
  });

  test('an `error` is handed up and not answered, a broken one not answered either', async () => {
    const peer = await RawPeer.connect(server.port);
    await peer.write(`${LIST}\n{"message_type":"error","code":"refused","message":"no"}\n`);
    await peer.write(`{"message_type":"error"}\n${LIST}\n`);
    const answers = await peer.answers(2);
    expect(answers.map((answer) => answer['message_type'])).toEqual(['workers', 'workers']);
    expect(server.types).toEqual(['list_workers', 'error', 'list_workers']);
    expect(server.bad).toHaveLength(1);
    peer.socket.destroy();
  });

  test('an HTTP POST that carries a job is closed without an answer', async () => {
    const peer = await RawPeer.connect(server.port);
    const head = `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${JOB.length}\r\n\r\n`;
    await peer.write(`${head}${JOB}\n`);
    expect(await peer.untilEnd()).toBe('');
    expect(server.requests).toEqual([]);
    expect(server.bad.map((bad) => bad.code)).toEqual(['http']);
  });

  test('1.5 MiB in one line is refused once, without its end', async () => {
    const peer = await RawPeer.connect(server.port);
    await peer.write(`${LIST}\n`);
    await peer.answers(1);
    for (let i = 0; i < 24; i++) await peer.write('x'.repeat(MESSAGE_BYTES_MAX / 16));
    const answers = await peer.answers(2);
    expect(answers[1]?.['code']).toBe('too_long');
    await peer.write(`\n${LIST}\n`);
    await peer.answers(3);
    expect(server.bad).toHaveLength(1);
    peer.socket.destroy();
  });
});
