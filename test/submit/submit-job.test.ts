import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ClientMessage, NewManagerJob } from '../../src/protocol/client-messages.ts';
import type { JobReport } from '../../src/protocol/job-report.ts';
import type { ManagerReply } from '../../src/protocol/manager-replies.ts';
import { newCommand, parseCommandLine } from '../../src/runtime/options.ts';
import { UserError } from '../../src/runtime/user-error.ts';
import type { Client } from '../../src/submit/client.ts';
import { addSubmitOptions, CLIENT_ALIASES } from '../../src/submit/options.ts';
import { readSubmitOptions } from '../../src/submit/read-options.ts';
import { submitJob } from '../../src/submit/submit-job.ts';
import { type FakeClient, fakeClient } from './fake-client.ts';
import { FakeManager } from './fake-manager.ts';
import { failedReport, jobReport, jobStatus } from './sample-report.ts';

const PROGRAMS = ['-m', './map.sh --top 3', '-r', 'sum'];

async function place(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'muster-test-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await writeFile(join(directory, 'input.txt'), 'a\nb\n');
  await writeFile(join(directory, 'map.sh'), '#!/bin/sh\ncat\n', { mode: 0o755 });
  return directory;
}

/** A Manager to which every submission is a job that ends at once with this report. */
function jobEnding(report: JobReport, missing: readonly string[] = []): Promise<FakeManager> {
  return FakeManager.start((message): ManagerReply[] => {
    switch (message.message_type) {
      case 'has_files':
        return [{ message_type: 'files', missing }];
      case 'put_file':
        return [{ message_type: 'files', missing: [] }];
      case 'new_manager_job':
        return [accepted()];
      case 'job_status':
        return [{ message_type: 'job', status: jobStatus() }];
      case 'watch_job':
        return [{ message_type: 'job_finished', job_id: 7, report }];
      default:
        return [{ message_type: 'error', code: 'not_allowed', message: message.message_type }];
    }
  });
}

function accepted(): ManagerReply {
  return {
    message_type: 'job_accepted',
    job_id: 7,
    job: 'job-0007',
    output_directory: '/data/out',
    warnings: ['one.gz is read whole'],
  };
}

async function submit(
  manager: FakeManager,
  client: Client,
  ...argv: readonly string[]
): Promise<number> {
  const command = newCommand({ name: 'mapreduce-submit', description: 'd', examples: ['a', 'b'] });
  let code: number | undefined;
  addSubmitOptions(command).action(async () => {
    code = await submitJob(readSubmitOptions(command), client);
  });
  const words = ['-i', 'input.txt', '--port', String(manager.address.port), ...argv];
  await parseCommandLine(command, words, CLIENT_ALIASES);
  if (code === undefined) throw new Error('Nothing was submitted');
  return code;
}

function submission(manager: FakeManager): NewManagerJob {
  const found = manager.received.find(
    (message): message is NewManagerJob => message.message_type === 'new_manager_job',
  );
  if (!found) throw new Error('No job was submitted');
  return found;
}

async function bench(
  report: JobReport = jobReport(),
): Promise<{ directory: string; manager: FakeManager; client: FakeClient }> {
  const directory = await place();
  return { directory, manager: await jobEnding(report), client: fakeClient(directory) };
}

describe('submitting', () => {
  it('sends what was asked, with paths of the submitter, and exits as the job did', async () => {
    const { directory, manager, client } = await bench();
    const code = await submit(
      manager,
      client,
      ...PROGRAMS,
      ...'-i *.log -o out --env GREETING --env A=b=c --num-reducers 3'.split(' '),
    );
    expect(code).toBe(0);
    expect(submission(manager)).toMatchObject({
      input_directory: [join(directory, 'input.txt'), join(directory, '*.log')],
      output_directory: join(directory, 'out'),
      mapper_executable: './map.sh --top 3',
      reducer_executable: 'sum',
      num_reducers: 3,
      environment: { GREETING: 'hello', A: 'b=c' },
      success_marker: true,
      umask: 0o022,
      submission_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
      submitted_by: expect.stringContaining('@') as unknown,
      files: [{ path: 'map.sh', bytes: 14, mode: 0o755 }],
    });
    expect(client.stdoutText()).toBe('');
    expect(client.stderrText()).toBe(
      `Warning: one.gz is read whole
job-0007 succeeded in 12.4 s: 28 maps, 4 reduces, 1.2 GiB read, 48,213 records written
Output: /data/out (4 parts, 1.3 MiB)
`,
    );
  });

  it('ships only what the Manager lacks, in chunks that join to the content', async () => {
    const directory = await place();
    const content = randomBytes(1_200_000);
    await writeFile(join(directory, 'table.bin'), content);
    const manager = await jobEnding(jobReport());
    const { script } = manager;
    manager.script = (message, connection) =>
      message.message_type === 'has_files'
        ? [{ message_type: 'files', missing: message.hashes.slice(0, 2) }]
        : script(message, connection);
    const options = ['-o', 'out', '--file', 'table.bin#lookup/table'];
    expect(await submit(manager, fakeClient(directory), ...PROGRAMS, ...options)).toBe(0);
    const { files = [] } = submission(manager);
    const table = files.find((file) => file.path === 'lookup/table');
    const chunks = manager.received.filter(isPutFile).filter((put) => put.sha256 === table?.sha256);
    expect(chunks.map(({ offset, last }) => [offset, last])).toEqual([
      [0, false],
      [524_288, false],
      [1_048_576, true],
    ]);
    const shipped = Buffer.concat(chunks.map((put) => Buffer.from(put.data_base64, 'base64')));
    expect(shipped.equals(content)).toBe(true);
  });

  it('exits with 1 and the whole report when the job failed', async () => {
    const { manager, client } = await bench(failedReport());
    expect(await submit(manager, client, ...PROGRAMS, '-o', 'out')).toBe(1);
    expect(client.stderrText()).toContain('map-00012 failed 4 times');
    expect(client.stderrText()).toContain(
      `Next: mapreduce logs job-0007 map-00012.4 --manager-port ${String(manager.address.port)}\n`,
    );
  });

  it('exits with 5 when somebody else cancelled the job', async () => {
    const report = failedReport({ outcome: 'cancelled', failure: null, cancelled_by: 'bob@node3' });
    const { manager, client } = await bench(report);
    expect(await submit(manager, client, ...PROGRAMS, '-o', 'out', '--quiet')).toBe(5);
    expect(client.stderrText()).toContain('job-0007 was cancelled by bob@node3');
  });

  it('prints nothing for a success with --quiet', async () => {
    const { manager, client } = await bench();
    expect(await submit(manager, client, ...PROGRAMS, '-o', 'out', '-q')).toBe(0);
    expect(client.stderrText()).toBe('');
  });
});

describe('stdout', () => {
  it('holds the job id with --detach, and nothing is waited for', async () => {
    const { manager, client } = await bench();
    expect(await submit(manager, client, ...PROGRAMS, '-o', 'out', '--detach')).toBe(0);
    expect(client.stdoutText()).toBe('job-0007\n');
    expect(manager.types()).not.toContain('watch_job');
  });

  it('holds the report with --json, of a failed job too', async () => {
    const { manager, client } = await bench(failedReport());
    expect(await submit(manager, client, ...PROGRAMS, '-o', 'out', '--json')).toBe(1);
    expect(JSON.parse(client.stdoutText())).toEqual(failedReport());
  });

  it('holds the plan with --dry-run --json, and nothing is shipped or started', async () => {
    const { manager, client } = await bench();
    const plan = {
      input_files: 1,
      input_bytes: 4,
      maps: 1,
      reduces: 1,
      split_bytes: 4,
      output_directory: '/shared/jobs/job-0007/output',
      reasons: [],
      warnings: [],
      commands: [],
    };
    manager.script = () => [{ message_type: 'job_plan', plan }];
    expect(await submit(manager, client, ...PROGRAMS, '--dry-run', '--json')).toBe(0);
    expect(JSON.parse(client.stdoutText())).toEqual(plan);
    expect(manager.types()).toEqual(['new_manager_job']);
    expect(submission(manager).dry_run).toBe(true);
  });

  it('holds the result without --output, in part order, and the parts are gone', async () => {
    const { result, manager, client } = await withResult(['b\n', 'a\n', 'no end']);
    expect(await submit(manager, client, ...PROGRAMS)).toBe(0);
    expect(submission(manager).output_directory).toBeNull();
    expect(client.stdoutText()).toBe('b\na\nno end');
    await expect(readdir(result)).rejects.toThrow(/ENOENT/);
  });

  it('may be closed by its reader: the job has succeeded all the same', async () => {
    const { result, manager, client } = await withResult(['x'.repeat(3_000_000)]);
    const stdout = new PassThrough();
    stdout.on('error', () => undefined);
    stdout.once('data', () =>
      stdout.destroy(Object.assign(new Error('closed'), { code: 'EPIPE' })),
    );
    const terminal = { ...client.terminal, stdout };
    expect(await submit(manager, { ...client, terminal }, ...PROGRAMS)).toBe(0);
    await expect(readdir(result)).rejects.toThrow(/ENOENT/);
  });

  it('stays empty when the result lies where this machine cannot read it', async () => {
    const report = jobReport({ output_directory: '/no/such/jobs/job-0007/output' });
    const { manager, client } = await bench(report);
    await expect(submit(manager, client, ...PROGRAMS)).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(
        /^Cannot copy the result of job-0007 from "\/no\/such\/jobs\/job-0007\/output" to standard output: no such file or directory\. It is still there, .*--output$/s,
      ) as unknown,
    });
    expect(client.stdoutText()).toBe('');
  });
});

async function withResult(
  parts: readonly string[],
): Promise<{ result: string; manager: FakeManager; client: FakeClient }> {
  const directory = await place();
  const result = join(directory, 'jobs', 'job-0007', 'output');
  await mkdir(result, { recursive: true });
  await writeFile(join(result, '_SUCCESS'), '');
  for (const [index, text] of parts.entries()) {
    await writeFile(join(result, `part-0000${String(index)}`), text);
  }
  const manager = await jobEnding(jobReport({ output_directory: result }));
  return { result, manager, client: fakeClient(directory) };
}

describe('refused before anything is sent, with exit code 2:', () => {
  const REFUSED: Readonly<Record<string, readonly [readonly string[], string]>> = {
    'an input that is not there': [
      ['-i', 'nowhere/', ...PROGRAMS],
      'Cannot read input "nowhere/": no such file or directory',
    ],
    'standard input': [
      ['-i', '-', ...PROGRAMS],
      'Cannot read input "-": standard input cannot be split; save it to a file and name that',
    ],
    'an input that is no file': [
      ['-i', '/dev/null', ...PROGRAMS],
      'Cannot read input "/dev/null": it is neither a file nor a directory; save it to a file and name that',
    ],
    'a pipe in a command': [
      ['-m', 'cat | sort', '-r', 'sum'],
      'Cannot use mapper "cat | sort": "|" means something only to a shell, and none is run: quote it, or put it in a script',
    ],
    'a program that is not there': [
      ['-m', './no.sh', '-r', 'sum'],
      'Cannot use mapper: program "./no.sh": no such file',
    ],
    'a built-in where it cannot work': [
      ['-m', 'sum', '-r', 'sum'],
      'Cannot use the built-in "sum" as mapper: it needs the values of a key together; "identity" is the only built-in mapper',
    ],
    'a variable that is not set': [
      [...PROGRAMS, '--env', 'NOT_THERE'],
      'Cannot use "NOT_THERE" for --env: it is not set here; write NOT_THERE=VALUE',
    ],
    'a variable without a name': [
      [...PROGRAMS, '--env', '=x'],
      'Cannot use "=x" for --env: write NAME=VALUE or NAME',
    ],
  };

  it.each(Object.entries(REFUSED))('%s', async (_name, [argv, message]) => {
    const { manager, client } = await bench();
    const refused = submit(manager, client, ...argv, '-o', 'out');
    await expect(refused).rejects.toMatchObject({ message, exitCode: 2 });
    await expect(refused).rejects.toBeInstanceOf(UserError);
    expect(manager.types()).not.toContain('new_manager_job');
  });
});

function isPutFile(
  message: ClientMessage,
): message is Extract<ClientMessage, { message_type: 'put_file' }> {
  return message.message_type === 'put_file';
}
