import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { UserError } from '../../src/runtime/user-error.ts';
import { connectSession } from '../../src/submit/connect.ts';
import type { Session } from '../../src/submit/session.ts';
import { FakeManager, type Script } from './fake-manager.ts';
import { jobReport, jobStatus } from './sample-report.ts';

async function sessionWith(script: Script): Promise<{ session: Session; manager: FakeManager }> {
  const manager = await FakeManager.start(script);
  const session = await connectSession(manager.address);
  onTestFinished(() => session.close());
  return { session, manager };
}

async function errorOf(work: Promise<unknown>): Promise<UserError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof UserError) return error;
  throw new Error('There was no error for the user', { cause: error });
}

const STATUS = { message_type: 'job_status', job: null } as const;

describe('a session', () => {
  it('gives every request its reply', async () => {
    const { session } = await sessionWith((message) =>
      message.message_type === 'list_workers'
        ? [{ message_type: 'workers', workers: [] }]
        : [{ message_type: 'job', status: jobStatus() }],
    );
    const [status, workers] = await Promise.all([
      session.request(STATUS, 'job'),
      session.request({ message_type: 'list_workers' }, 'workers'),
    ]);
    expect(status.status.job).toBe('job-0007');
    expect(workers.workers).toEqual([]);
  });

  it("tells refusals in the Manager's own words, with exit code 2", async () => {
    const message = 'No job is called "9": the latest is job-0007';
    const { session } = await sessionWith(() => [
      { message_type: 'error', code: 'no_such_job', message },
    ]);
    expect(await errorOf(session.request(STATUS, 'job'))).toMatchObject({ message, exitCode: 2 });
  });

  it('takes a stopping Manager for an unreachable one', async () => {
    const message = 'The Manager is stopping';
    const { session } = await sessionWith(() => [
      { message_type: 'error', code: 'stopping', message },
    ]);
    expect(await errorOf(session.request(STATUS, 'job'))).toMatchObject({ exitCode: 3 });
  });

  it('streams events between replies, and the report at the end', async () => {
    const { session, manager } = await sessionWith((message, connection) => {
      if (message.message_type !== 'watch_job')
        return [{ message_type: 'job', status: jobStatus() }];
      connection.send({
        message_type: 'job_event',
        job_id: 7,
        number: 4,
        event: { kind: 'no_workers' },
      });
      return [];
    });
    const events: unknown[] = [];
    const report = session.watchJob('job-0007', 3, (event, number) => events.push([number, event]));
    await session.request({ message_type: 'cancel_job', job: 'job-0007' }, 'job');
    manager.connections[0]?.send({ message_type: 'job_finished', job_id: 7, report: jobReport() });
    expect((await report).outcome).toBe('succeeded');
    expect(events).toEqual([[4, { kind: 'no_workers' }]]);
    expect(manager.received[0]).toEqual({ message_type: 'watch_job', job: 'job-0007', from: 3 });
  });

  it('says that the connection is lost, with exit code 3, to everyone who waits and comes later', async () => {
    const { session, manager } = await sessionWith(() => []);
    const waiting = errorOf(session.request(STATUS, 'job'));
    const watching = errorOf(session.watchJob('job-0007', 0, () => undefined));
    await manager.got('watch_job');
    manager.cut();
    for (const error of [
      await waiting,
      await watching,
      await errorOf(session.request(STATUS, 'job')),
    ]) {
      expect(error.exitCode).toBe(3);
      expect(error.message).toMatch(/^Lost the connection to the Manager at 127\.0\.0\.1:\d+$/);
    }
  });

  it('ends the cluster and waits until the Manager has closed', async () => {
    const { session, manager } = await sessionWith((message, connection) => {
      if (message.message_type === 'shutdown') connection.close();
      return [];
    });
    await session.shutdownCluster();
    expect(manager.types()).toEqual(['shutdown']);
  });
});

describe('connecting', () => {
  it('to nobody is exit code 3 with the command that starts a Manager', async () => {
    const manager = await FakeManager.start(() => []);
    const { address } = manager;
    await manager.stop();
    const port = String(address.port);
    expect(await errorOf(connectSession(address))).toMatchObject({
      exitCode: 3,
      message: `Cannot reach the Manager at 127.0.0.1:${port}: connection refused. Is it running? Start one: mapreduce-manager --port ${port}`,
    });
  });

  it('to something else than a Manager is exit code 3, and no endless wait', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('SSH-2.0-OpenSSH_9.2\r\n'.repeat(12));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const bound = server.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
    const session = await connectSession({ host: '127.0.0.1', port, flags: [] });
    onTestFinished(() => session.close());
    expect(await errorOf(session.request(STATUS, 'job'))).toMatchObject({ exitCode: 3 });
  });
});
