import { randomBytes } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { ClientMessage, NewManagerJob } from '../../src/protocol/client-messages.ts';
import { type FakeClient, fakeClient } from './fake-client.ts';
import type { FakeManager } from './fake-manager.ts';
import { failedReport, jobReport } from './sample-report.ts';
import { bench, jobEnding, place, PROGRAMS, submit } from './submit-bench.ts';

function submission(manager: FakeManager): NewManagerJob {
  const found = manager.received.find(
    (message): message is NewManagerJob => message.message_type === 'new_manager_job',
  );
  if (!found) throw new Error('No job was submitted');
  return found;
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

  it('warns of a program that is not here only where no Worker will say so', async () => {
    const programs = ['-m', 'no-such-program', '-r', 'sum', '-o', 'out'];
    const waiting = await bench();
    await submit(waiting.manager, waiting.client, ...programs);
    expect(waiting.client.stderrText()).not.toContain('no-such-program');
    const detached = await bench();
    await submit(detached.manager, detached.client, ...programs, '--detach');
    expect(detached.client.stderrText()).toMatch(/^Warning: mapper: program "no-such-program" is/);
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
      sample: null,
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

function isPutFile(
  message: ClientMessage,
): message is Extract<ClientMessage, { message_type: 'put_file' }> {
  return message.message_type === 'put_file';
}
