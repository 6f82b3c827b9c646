import type { Command } from 'commander';
import type { JobReport } from '../../protocol/job-report.ts';
import type { Client } from '../client.ts';
import { readManagerAddress, readShowOptions } from '../read-options.ts';
import { cancelledReport, failureReport } from '../reports/failure-report.ts';
import { statusReport } from '../reports/status-report.ts';
import { successReport } from '../reports/success-report.ts';
import { jobWord, withSession } from './with-session.ts';

/** `mapreduce status`; with `--json` the job's status with `schema_version` in front. */
export async function showStatus(command: Command, client: Client): Promise<number> {
  const { status } = await withSession(command, (session) =>
    session.request({ message_type: 'job_status', job: jobWord(command) }, 'job'),
  );
  const { stdout } = client.terminal;
  if (readShowOptions(command).json) {
    stdout.write(`${JSON.stringify({ schema_version: 1, ...status })}\n`);
    return 0;
  }
  const lines =
    status.report === null
      ? statusReport(status, client.clock.wallMs())
      : reportLines(status.report, command);
  stdout.write(`${lines.join('\n')}\n`);
  return 0;
}

function reportLines(report: JobReport, command: Command): readonly string[] {
  const context = {
    address: readManagerAddress(command),
    local: false,
    resultOnStdout: false,
  };
  switch (report.outcome) {
    case 'succeeded':
      return successReport(report, false);
    case 'failed':
      return failureReport(report, context);
    case 'cancelled':
      return cancelledReport(report, context);
    default:
      return report.outcome satisfies never;
  }
}
