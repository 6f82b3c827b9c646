import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { JobReport } from '../../src/protocol/job-report.ts';
import type { ManagerReply } from '../../src/protocol/manager-replies.ts';
import { newCommand, parseCommandLine } from '../../src/runtime/options.ts';
import type { Client } from '../../src/submit/client.ts';
import { addSubmitOptions, CLIENT_ALIASES } from '../../src/submit/options.ts';
import { readSubmitOptions } from '../../src/submit/read-options.ts';
import { submitJob } from '../../src/submit/submit-job.ts';
import { type FakeClient, fakeClient } from './fake-client.ts';
import { FakeManager } from './fake-manager.ts';
import { jobReport, jobStatus } from './sample-report.ts';

export const PROGRAMS = ['-m', './map.sh --top 3', '-r', 'sum'];

/** A directory with an input and a program, which goes with the test. */
export async function place(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'muster-test-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await writeFile(join(directory, 'input.txt'), 'a\nb\n');
  await writeFile(join(directory, 'map.sh'), '#!/bin/sh\ncat\n', { mode: 0o755 });
  return directory;
}

/** A Manager to which every submission is a job that ends at once with this report. */
export function jobEnding(
  report: JobReport,
  missing: readonly string[] = [],
): Promise<FakeManager> {
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

/** `mapreduce-submit -i input.txt ARGV` against this Manager. */
export async function submit(
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

/** A place, a Manager and a client. */
export async function bench(
  report: JobReport = jobReport(),
): Promise<{ directory: string; manager: FakeManager; client: FakeClient }> {
  const directory = await place();
  return { directory, manager: await jobEnding(report), client: fakeClient(directory) };
}
