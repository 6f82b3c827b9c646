import type { Command } from 'commander';
import { describeSize } from '../../runtime/sizes.ts';
import type { Client } from '../client.ts';
import { jobWord, withSession } from './with-session.ts';

/** `mapreduce remove` */
export async function removeJob(command: Command, { terminal }: Client): Promise<number> {
  const reply = await withSession(command, (session) =>
    session.request({ message_type: 'remove_job', job: jobWord(command) ?? '' }, 'job_removed'),
  );
  terminal.stderr.write(`Removed ${reply.job}: ${describeSize(reply.freed_bytes)} freed\n`);
  return 0;
}
