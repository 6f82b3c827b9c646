import { describe, expect, it } from 'vitest';
import type { NewManagerJob } from '../../src/protocol/client-messages.ts';
import { fakeClient } from './fake-client.ts';
import { FakeManager, type Script } from './fake-manager.ts';
import { jobReport } from './sample-report.ts';
import { jobEnding, place, PROGRAMS, submit } from './submit-bench.ts';

function submissions(manager: FakeManager): readonly NewManagerJob[] {
  return manager.received.filter(
    (message): message is NewManagerJob => message.message_type === 'new_manager_job',
  );
}

/** Goes away instead of answering the first messages of this type, and answers the others. */
function dyingAt(type: string, times: number, then: Script): Script {
  let left = times;
  return (message, connection) => {
    if (message.message_type !== type || left === 0) return then(message, connection);
    left -= 1;
    connection.destroy();
    return [];
  };
}

describe('a Manager that goes away before it has answered a submission', () => {
  it('gets it again when it is back, as the same one, with what it refers to', async () => {
    const manager = await jobEnding(jobReport());
    manager.script = dyingAt('new_manager_job', 2, manager.script);
    const client = fakeClient(await place());
    expect(await submit(manager, client, ...PROGRAMS, '-o', 'out')).toBe(0);
    const sent = submissions(manager);
    expect(sent).toHaveLength(3);
    expect(new Set(sent.map(({ submission_id }) => submission_id)).size).toBe(1);
    expect(sent[2]).toEqual(sent[0]);
    expect(manager.types().filter((type) => type === 'has_files')).toHaveLength(3);
    const port = String(manager.address.port);
    expect(client.stderrText()).toMatch(
      new RegExp(
        `^Lost the connection to the Manager at 127.0.0.1:${port}: trying again for 60 s\nConnected to the Manager at 127.0.0.1:${port} again\n(?!.*Lost)`,
      ),
    );
  });

  it('gets it again on the same port from another process, for --detach too', async () => {
    const first = await jobEnding(jobReport());
    const { port } = first.address;
    let second: FakeManager | undefined;
    const { script } = first;
    first.script = (message, connection) => {
      if (message.message_type !== 'new_manager_job') return script(message, connection);
      void first.stop().then(async () => {
        second = await FakeManager.start(script, port);
      });
      return [];
    };
    const client = fakeClient(await place());
    expect(await submit(first, client, ...PROGRAMS, '-o', 'out', '--detach')).toBe(0);
    expect(client.stdoutText()).toBe('job-0007\n');
    expect(second && submissions(second)).toEqual(submissions(first));
  });

  it('may refuse it then', async () => {
    const manager = await jobEnding(jobReport());
    const { script } = manager;
    manager.script = dyingAt('new_manager_job', 1, (message, connection) =>
      message.message_type === 'new_manager_job'
        ? [{ message_type: 'error', code: 'refused', message: 'Cannot write to "out"' }]
        : script(message, connection),
    );
    const client = fakeClient(await place());
    await expect(submit(manager, client, ...PROGRAMS, '-o', 'out')).rejects.toMatchObject({
      exitCode: 2,
      message: 'Cannot write to "out"',
    });
  });

  it('is not asked again by --dry-run', async () => {
    const manager = await jobEnding(jobReport());
    manager.script = dyingAt('new_manager_job', 1, manager.script);
    const client = fakeClient(await place());
    await expect(submit(manager, client, ...PROGRAMS, '--dry-run')).rejects.toMatchObject({
      exitCode: 3,
    });
    expect(submissions(manager)).toHaveLength(1);
  });
});

describe('a Manager that goes away when it has accepted a job', () => {
  it('is waited for, and asked about that job', async () => {
    const manager = await jobEnding(jobReport());
    manager.script = dyingAt('job_status', 1, manager.script);
    const client = fakeClient(await place());
    expect(await submit(manager, client, ...PROGRAMS, '-o', 'out')).toBe(0);
    expect(submissions(manager)).toHaveLength(1);
    expect(client.stderrText()).toContain('job-0007 succeeded');
  });

  it('has forgotten it when it knows it no more, however early it went', async () => {
    const manager = await jobEnding(jobReport());
    const { script } = manager;
    manager.script = dyingAt('job_status', 1, (message, connection) =>
      message.message_type === 'job_status'
        ? [{ message_type: 'error', code: 'no_such_job', message: 'Cannot find job "job-0007"' }]
        : script(message, connection),
    );
    const client = fakeClient(await place());
    await expect(submit(manager, client, ...PROGRAMS, '-o', 'out')).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/^Cannot follow job-0007: .* Submit it again$/) as unknown,
    });
  });
});
