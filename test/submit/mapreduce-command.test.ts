import { describe, expect, it } from 'vitest';
import type { ManagerReply } from '../../src/protocol/manager-replies.ts';
import { runMapreduce } from '../../src/submit/mapreduce-command.ts';
import { type FakeClient, fakeClient } from './fake-client.ts';
import { FakeManager, type Script } from './fake-manager.ts';
import { failedReport, jobReport, jobStatus, jobSummary } from './sample-report.ts';

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly manager: FakeManager;
}

async function run(script: Script, command: string, client?: FakeClient): Promise<Ran> {
  const manager = await FakeManager.start(script);
  const used = client ?? fakeClient('/');
  const argv = [...command.split(' '), '--port', String(manager.address.port)];
  const code = await runMapreduce(argv, () => Promise.resolve(used));
  return { code, stdout: used.stdoutText(), stderr: used.stderrText(), manager };
}

function always(...replies: readonly ManagerReply[]): Script {
  return () => replies;
}

function jobs(names: readonly string[], next: number | null = null): ManagerReply {
  const summaries = names.map((job) => jobSummary({ job, job_id: Number(job.slice(4)) }));
  return { message_type: 'jobs', jobs: summaries, finished_today: 3, next };
}

const STATUS: ManagerReply = { message_type: 'job', status: jobStatus() };

describe('mapreduce list', () => {
  it('prints one row a job on stdout, page after page', async () => {
    const { code, stdout, stderr, manager } = await run((message) => {
      const first = message.message_type === 'list_jobs' && message.before === undefined;
      return [first ? jobs(['job-0007'], 7) : jobs(['job-0003'])];
    }, 'list --all');
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'JOB',
      'job-0007',
      'job-0003',
      '',
    ]);
    expect(manager.received).toEqual([
      { message_type: 'list_jobs', all: true },
      { message_type: 'list_jobs', all: true, before: 7 },
    ]);
  });

  it('says on stderr that nothing runs', async () => {
    const { stdout, stderr } = await run(always(jobs([])), 'list');
    expect([stdout, stderr]).toEqual([
      '',
      'No job is running; 3 finished today (--all lists them)\n',
    ]);
  });

  it('has stable fields with --json', async () => {
    const { stdout } = await run(always(jobs(['job-0007'])), 'list --json');
    expect(JSON.parse(stdout)).toMatchObject({
      schema_version: 1,
      jobs: [{ job: 'job-0007', state: 'running' }],
      finished_today: 3,
    });
  });
});

describe('mapreduce status', () => {
  it('tells of the latest job unless one is named', async () => {
    const latest = await run(always(STATUS), 'status');
    expect(latest.stdout).toMatch(/^job-0007 "words": running for /);
    expect(latest.manager.received).toEqual([{ message_type: 'job_status', job: null }]);
    const named = await run(always(STATUS), 'status 7 --json');
    expect(JSON.parse(named.stdout)).toEqual({ schema_version: 1, ...jobStatus() });
    expect(named.manager.received).toEqual([{ message_type: 'job_status', job: '7' }]);
  });

  it('tells how an ended job ended', async () => {
    const status = jobStatus({ state: 'failed', report: failedReport() });
    const { code, stdout } = await run(always({ message_type: 'job', status }), 'status');
    expect(code).toBe(0);
    expect(stdout).toContain('map-00012 failed 4 times');
  });

  it('refuses an unknown job with exit code 2', async () => {
    const message = 'No job is called "9"';
    const refused = run(
      always({ message_type: 'error', code: 'no_such_job', message }),
      'status 9',
    );
    await expect(refused).rejects.toMatchObject({ message, exitCode: 2 });
  });
});

describe('mapreduce watch', () => {
  const ending =
    (report = jobReport()): Script =>
    (message) =>
      message.message_type === 'watch_job'
        ? [{ message_type: 'job_finished', job_id: 7, report }]
        : [STATUS];

  it('exits as the job did', async () => {
    expect(await run(ending(), 'watch')).toMatchObject({ code: 0, stdout: '' });
    expect(await run(ending(failedReport()), 'watch 7')).toMatchObject({ code: 1 });
    const cancelled = jobReport({ outcome: 'cancelled' });
    expect(await run(ending(cancelled), 'watch 7')).toMatchObject({ code: 5 });
  });

  it('prints the report with --json', async () => {
    const { stdout } = await run(ending(), 'watch --json');
    expect(JSON.parse(stdout)).toEqual(jobReport());
  });

  it('is left by Ctrl-C, and the job goes on', async () => {
    const client = fakeClient('/');
    const { code, stderr, manager } = await run(
      (message) => {
        if (message.message_type !== 'watch_job') return [STATUS];
        client.signals.emit('SIGINT');
        return [];
      },
      'watch',
      client,
    );
    expect(code).toBe(130);
    expect(manager.types()).not.toContain('cancel_job');
    expect(stderr).toMatch(
      /^Left job-0007 to itself\. Follow it with: mapreduce watch job-0007 --/,
    );
  });
});

describe('mapreduce logs', () => {
  const log: Script = (message) => [
    {
      message_type: 'log_lines',
      attempt: 'map-00012.4',
      path: '/shared/jobs/job-0007/logs/map-00012.4.stderr',
      lines: [message.message_type === 'read_log' && message.offset === 9 ? 'two' : 'one'],
      next: message.message_type === 'read_log' && message.offset === 9 ? null : 9,
    },
  ];

  it('prints the lines on stdout and whose they are on stderr', async () => {
    const { stdout, stderr, manager } = await run(log, 'logs job-0007 map-12');
    expect(stdout).toBe('one\ntwo\n');
    expect(stderr).toBe('map-00012.4: /shared/jobs/job-0007/logs/map-00012.4.stderr\n');
    expect(manager.received).toEqual([
      { message_type: 'read_log', job: 'job-0007', task: 'map-12' },
      { message_type: 'read_log', job: 'job-0007', task: 'map-00012.4', offset: 9 },
    ]);
  });

  it.each([
    ['logs', { job: null }],
    ['logs 7', { job: '7' }],
    ['logs map-00012.4', { job: null, task: 'map-00012.4' }],
  ])('%s asks for the right one', async (command, asked) => {
    const { manager } = await run(log, command);
    expect(manager.received[0]).toEqual({ message_type: 'read_log', ...asked });
  });
});

describe('mapreduce workers', () => {
  it('says how to start one when there is none', async () => {
    const { stdout, stderr, manager } = await run(
      always({ message_type: 'workers', workers: [] }),
      'workers',
    );
    const port = String(manager.address.port);
    expect(stdout).toBe('');
    expect(stderr).toBe(
      `No Worker is registered with 127.0.0.1:${port}. Start one: mapreduce-worker --manager-port ${port}\n`,
    );
  });
});

describe('commands that act', () => {
  it('cancel, of an ended job too', async () => {
    const running = await run(always(STATUS), 'cancel');
    expect(running.stderr).toBe('Cancelling job-0007\n');
    expect(running.manager.received).toMatchObject([
      {
        message_type: 'cancel_job',
        job: null,
        cancelled_by: expect.stringContaining('@') as unknown,
      },
    ]);
    const status = jobStatus({ state: 'succeeded' });
    const ended = await run(always({ message_type: 'job', status }), 'cancel 7');
    expect(ended).toMatchObject({ code: 0, stderr: 'job-0007 has succeeded\n' });
  });

  it('remove says how much it freed', async () => {
    const removed: ManagerReply = {
      message_type: 'job_removed',
      job: 'job-0007',
      freed_bytes: 1536,
    };
    const { stderr } = await run(always(removed), 'remove 7');
    expect(stderr).toBe('Removed job-0007: 1.5 KiB freed\n');
  });

  it('shutdown returns when the Manager has let go', async () => {
    const { code, stderr } = await run((_message, connection) => {
      connection.close();
      return [];
    }, 'shutdown');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Shut down the cluster of 127\.0\.0\.1:\d+\n$/);
  });
});

describe('mapreduce', () => {
  it.each([
    [[], /^Missing a command: one of submit, list, status, .*See mapreduce --help$/],
    [['lst'], /^Unknown command "lst"\. Did you mean list\?$/],
    [['list', '--al'], /^Unknown option "--al"\. Did you mean --all\?$/],
    [['remove'], /^Missing required argument "job"/],
    [['list', 'extra'], /^Too many arguments/],
  ])('refuses %j with exit code 2', async (argv, message) => {
    const refused = runMapreduce(argv, () => Promise.resolve(fakeClient('/')));
    await expect(refused).rejects.toMatchObject({
      message: expect.stringMatching(message) as unknown,
      exitCode: 2,
    });
  });
});
