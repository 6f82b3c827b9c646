import type { Command } from 'commander';
import type { Client } from '../client.ts';
import { submitterName } from '../job-request.ts';
import { hasEnded } from '../reports/job-table.ts';
import { jobWord, withSession } from './with-session.ts';

/** `mapreduce cancel`: an ended job is no error. */
export async function cancelJob(command: Command, { terminal }: Client): Promise<number> {
  const { status } = await withSession(command, (session) =>
    session.request(
      { message_type: 'cancel_job', job: jobWord(command), cancelled_by: submitterName() },
      'job',
    ),
  );
  const line = hasEnded(status.state)
    ? `${status.job} has ${status.state === 'cancelled' ? 'been cancelled' : status.state}`
    : `Cancelling ${status.job}`;
  terminal.stderr.write(`${line}\n`);
  return 0;
}
