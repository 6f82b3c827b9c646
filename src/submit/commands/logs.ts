import type { Command } from 'commander';
import type { ReadLog } from '../../protocol/client-messages.ts';
import { parseTaskName } from '../../protocol/ids.ts';
import type { Client } from '../client.ts';
import { readShowOptions } from '../read-options.ts';
import type { Session } from '../session.ts';
import { withSession } from './with-session.ts';

/** What `mapreduce logs --json` prints. Fields are only ever added. */
interface AttemptLog {
  readonly schema_version: 1;
  readonly attempt: string;
  readonly path: string;
  readonly lines: readonly string[];
}

/** `mapreduce logs [job] [task]`: the lines on stdout, whose they are on stderr. */
export async function showLog(command: Command, client: Client): Promise<number> {
  const { stdout, stderr } = client.terminal;
  const log = await withSession(command, (session) => fetchLog(session, wanted(command.args)));
  if (readShowOptions(command).json) {
    stdout.write(`${JSON.stringify(log)}\n`);
    return 0;
  }
  stderr.write(`${log.attempt}: ${log.path}${log.lines.length === 0 ? ' (empty)' : ''}\n`);
  stdout.write(log.lines.map((line) => `${line}\n`).join(''));
  return 0;
}

/** A single word that names a task means one of the latest job. */
function wanted([first, second]: readonly string[]): Pick<ReadLog, 'job' | 'task'> {
  if (first === undefined) return { job: null };
  if (second !== undefined) return { job: first, task: second };
  return parseTaskName(first) ? { job: null, task: first } : { job: first };
}

async function fetchLog(
  session: Session,
  which: Pick<ReadLog, 'job' | 'task'>,
): Promise<AttemptLog> {
  const lines: string[] = [];
  let request: ReadLog = { message_type: 'read_log', ...which };
  for (;;) {
    const reply = await session.request(request, 'log_lines');
    lines.push(...reply.lines);
    const { attempt, path, next } = reply;
    if (next === null) return { schema_version: 1, attempt, path, lines };
    // Without a task the Manager chose one; the next page must be of the same.
    request = { ...request, task: attempt, offset: next };
  }
}
