import { describe, expect, it } from 'vitest';
import type { JobEvent } from '../../src/protocol/job-report.ts';
import type { ManagerReply } from '../../src/protocol/manager-replies.ts';
import { RECONNECT_MS } from '../../src/submit/outage.ts';
import { failedReport, stageProgress } from './sample-report.ts';
import { eventually, finished, scene, warning } from './waiting-scene.ts';

const PLAN = {
  input_files: 1,
  input_bytes: 4,
  maps: 1,
  reduces: 1,
  split_bytes: 4,
  output_directory: '/data/out',
  reasons: [],
  warnings: [],
  commands: [],
  sample: null,
};

describe('waiting for a job', () => {
  it('ends with its report', async () => {
    const at = await scene();
    const connection = await at.watched();
    connection.send(warning(1, 'one'));
    connection.send(finished(failedReport()));
    expect(await at.result).toMatchObject({ kind: 'ended', report: { outcome: 'failed' } });
    expect(at.events).toEqual([{ kind: 'warning', text: 'one' }]);
  });

  it('shows every snapshot, though it carries the number of the event before', async () => {
    const at = await scene();
    const connection = await at.watched();
    const behind = { kind: 'queued_behind', job: 'job-0006', percent: 43 } as const;
    connection.send(warning(1, 'one'));
    connection.send({ message_type: 'job_event', job_id: 7, number: 1, event: behind });
    connection.send(finished());
    await at.result;
    expect(at.events.at(-1)).toEqual(behind);
  });

  it('ends with the timeout, and the job goes on', async () => {
    const at = await scene({ timeoutMs: 60_000 });
    await at.watched();
    at.clock.advance(60_000);
    expect(await at.result).toEqual({ kind: 'timed_out' });
    expect(at.manager.types()).not.toContain('cancel_job');
  });

  it('ends with an error when the Manager does not know the job', async () => {
    const at = await scene();
    (await at.watched()).send({ message_type: 'error', code: 'no_such_job', message: 'No such' });
    await expect(at.result).rejects.toMatchObject({ message: 'No such', exitCode: 2 });
  });
});

describe('a lost connection', () => {
  it('is made again, and events come once and in order', async () => {
    const at = await scene();
    (await at.watched()).send(warning(1, 'one'));
    (await at.watched()).send(warning(2, 'two'));
    await eventually(() => at.events.length === 2);
    at.manager.cut();
    const again = await at.watched(2);
    expect(at.manager.received.at(-1)).toMatchObject({ message_type: 'watch_job', from: 2 });
    again.send(warning(2, 'two'));
    again.send(warning(3, 'three'));
    again.send(finished());
    expect(await at.result).toMatchObject({ kind: 'ended', signal: undefined });
    expect(at.events.map((seen) => (seen.kind === 'warning' ? seen.text : ''))).toEqual([
      'one',
      'two',
      'three',
    ]);
    expect(at.said[0]).toMatch(/^Lost the connection to the Manager at .*: trying again for 60 s$/);
  });

  it('is given up after a minute, with the command that follows the job again', async () => {
    const at = await scene({ reachable: () => false });
    await at.watched();
    at.manager.cut();
    let ended = false;
    at.result.catch(() => (ended = true));
    await eventually(() => {
      at.clock.advance(100);
      return ended;
    });
    expect(at.clock.nowMs()).toBeGreaterThanOrEqual(RECONNECT_MS - 1000);
    expect(at.clock.nowMs()).toBeLessThanOrEqual(RECONNECT_MS + 1000);
    expect(at.attempts()).toBeGreaterThan(50);
    const port = String(at.manager.address.port);
    await expect(at.result).rejects.toMatchObject({
      exitCode: 3,
      message: `Cannot reach the Manager at 127.0.0.1:${port} for 60 s: job-0007 may still be running. Follow it again with: mapreduce watch job-0007 --manager-port ${port}`,
    });
    expect(at.manager.types()).not.toContain('cancel_job');
  });

  it('that is taken and dropped again and again is one outage, with pauses, and given up too', async () => {
    const at = await scene();
    await at.watched();
    at.manager.script = (_message, connection) => {
      connection.destroy();
      return [];
    };
    at.manager.cut();
    let ended = false;
    at.result.catch(() => (ended = true));
    await eventually(() => {
      if (at.clock.timers > 0) at.clock.advance(100);
      return ended;
    });
    await expect(at.result).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/for 60 s: job-0007 may still be running/) as unknown,
    });
    expect(at.attempts()).toBeGreaterThan(50);
    expect(at.attempts()).toBeLessThan(100);
    expect(at.said).toEqual([expect.stringMatching(/^Lost the connection/)]);
  });

  it('to a Manager that goes on with the job shows how far it is, and nothing twice', async () => {
    const at = await scene();
    const accepted = { kind: 'accepted', plan: PLAN } as const;
    const resumed = {
      kind: 'resumed',
      maps: stageProgress(),
      reduces: stageProgress(),
    } as const;
    const first = await at.watched();
    first.send({ message_type: 'job_event', job_id: 7, number: 1, event: accepted });
    first.send(warning(2, 'one'));
    await eventually(() => at.events.length === 2);
    at.manager.cut();
    const again = await at.watched(2);
    expect(at.manager.received.at(-1)).toMatchObject({ message_type: 'watch_job', from: 2 });
    const numbered = (number: number, event: JobEvent): ManagerReply => ({
      message_type: 'job_event',
      job_id: 7,
      number,
      event,
    });
    again.send(numbered(1_000_001, accepted));
    again.send(numbered(1_000_002, resumed));
    again.send(warning(1_000_003, 'two'));
    again.send(finished());
    await at.result;
    expect(at.events).toEqual([
      accepted,
      { kind: 'warning', text: 'one' },
      resumed,
      { kind: 'warning', text: 'two' },
    ]);
    expect(at.said.at(-1)).toMatch(/^Connected to the Manager at .* again$/);
  });

  it('does not lead to another job of the same number', async () => {
    let submittedAtMs = 1;
    const at = await scene({ submittedAtMs: () => submittedAtMs });
    await at.watched();
    submittedAtMs = 2;
    at.manager.cut();
    await expect(at.result).rejects.toThrow(/has forgotten it\. Submit it again$/);
  });
});

describe('a Manager that was started anew without its journal', () => {
  it('is told from one that never knew the job', async () => {
    const at = await scene();
    await at.watched();
    at.manager.script = () => [
      { message_type: 'error', code: 'no_such_job', message: 'Cannot find job "job-0007"' },
    ];
    at.manager.cut();
    await expect(at.result).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(
        /^Cannot follow job-0007: the Manager .* has forgotten it/,
      ) as unknown,
    });
  });
});

describe('Ctrl-C', () => {
  it('cancels the job and waits for its end', async () => {
    const at = await scene();
    const connection = await at.watched();
    at.signals.emit('SIGINT');
    await at.manager.got('cancel_job');
    expect(at.said).toEqual([
      'Cancelling job-0007: waiting for its end (Ctrl-C again leaves at once)',
    ]);
    connection.send(finished(failedReport({ outcome: 'cancelled', failure: null })));
    expect(await at.result).toMatchObject({ kind: 'ended', signal: 'SIGINT' });
  });

  it('leaves at once the second time', async () => {
    const at = await scene();
    await at.watched();
    at.signals.emit('SIGINT');
    at.signals.emit('SIGINT');
    expect(await at.result).toEqual({ kind: 'left', signal: 'SIGINT' });
  });

  it('is passed on when the Manager is there again', async () => {
    let reachable = true;
    const at = await scene({ reachable: () => reachable });
    await at.watched();
    reachable = false;
    at.manager.cut();
    await eventually(() => at.attempts() > 0);
    at.signals.emit('SIGTERM');
    reachable = true;
    await eventually(() => {
      at.clock.advance(100);
      return at.manager.types().includes('cancel_job');
    });
    (await at.watched(2)).send(finished());
    expect(await at.result).toMatchObject({ kind: 'ended', signal: 'SIGTERM' });
  });

  it('only leaves where somebody else submitted', async () => {
    const at = await scene({ onSignal: 'leave' });
    await at.watched();
    at.signals.emit('SIGINT');
    expect(await at.result).toEqual({ kind: 'left', signal: 'SIGINT' });
    expect(at.manager.types()).not.toContain('cancel_job');
  });
});
