import type { Command } from 'commander';
import type { JobSummary } from '../../protocol/job-report.ts';
import type { Jobs } from '../../protocol/manager-replies.ts';
import type { Client } from '../client.ts';
import { readShowOptions } from '../read-options.ts';
import { jobTable, noJobsLine } from '../reports/job-table.ts';
import { formatTable } from '../reports/table.ts';
import type { Session } from '../session.ts';
import { withSession } from './with-session.ts';

/** What `mapreduce list --json` prints. Fields are only ever added. */
interface JobList {
  readonly schema_version: 1;
  readonly jobs: readonly JobSummary[];
  readonly finished_today: number;
}

/** `mapreduce list` */
export async function listJobs(command: Command, client: Client): Promise<number> {
  const { stdout, stderr } = client.terminal;
  const all = command.opts<{ all?: boolean }>().all ?? false;
  const list = await withSession(command, (session) => fetchJobs(session, all));
  if (readShowOptions(command).json) {
    stdout.write(`${JSON.stringify(list)}\n`);
  } else if (list.jobs.length === 0) {
    stderr.write(`${noJobsLine(list.finished_today, all)}\n`);
  } else {
    const table = jobTable(list.jobs, client.clock.wallMs());
    stdout.write(await formatTable(table, stdout.isTTY === true));
  }
  return 0;
}

/** All pages, the latest job first. */
async function fetchJobs(session: Session, all: boolean): Promise<JobList> {
  const jobs: JobSummary[] = [];
  let before: number | null = null;
  for (;;) {
    const reply: Jobs = await session.request(
      { message_type: 'list_jobs', all, ...(before === null ? {} : { before }) },
      'jobs',
    );
    jobs.push(...reply.jobs);
    if (reply.next === null) {
      return { schema_version: 1, jobs, finished_today: reply.finished_today };
    }
    before = reply.next;
  }
}
