import { attemptName } from '../protocol/ids.ts';
import { jobDirectory, jobFilePath, stderrPath } from '../protocol/job-layout.ts';
import type { ManagerReply } from '../protocol/manager-replies.ts';
import { outcomeText, type PerformContext, type Performers } from './perform-context.ts';
import type { ManagerCommand } from './scheduler/commands.ts';
import { readLogPage } from './store/attempt-logs.ts';
import { readMapPieces } from './store/job-file.ts';

/** Commands that answer a client with what stands in a job's directory. */
export function readingPerformers(context: PerformContext): Performers<'read_log' | 'read_plan'> {
  const { begin, cluster, peers } = context;
  const shared = cluster.directory;
  return {
    read_log: (command) =>
      begin(async () => {
        const { client } = command;
        peers.sendClient(client, await logLines(command, shared), false);
        return { type: 'client_answered', client };
      }),
    read_plan: (command) =>
      begin(async () => {
        const { client } = command;
        peers.sendClient(client, await mapInput(command, shared), false);
        return { type: 'client_answered', client };
      }),
  };
}

async function mapInput(
  { jobId, taskIndex, answer }: Extract<ManagerCommand, { type: 'read_plan' }>,
  shared: string,
): Promise<ManagerReply> {
  const path = jobFilePath(shared, jobId);
  try {
    const pieces = await readMapPieces(path, taskIndex);
    return { message_type: 'task_input', ...answer, source: { ...answer.source, pieces } };
  } catch (error) {
    const message = `Cannot read the plan of ${answer.job} in "${path}": ${outcomeText(error)}`;
    return { message_type: 'error', code: 'internal', message };
  }
}

async function logLines(
  { attempt, offset }: Extract<ManagerCommand, { type: 'read_log' }>,
  shared: string,
): Promise<ManagerReply> {
  const path = stderrPath(jobDirectory(shared, attempt.job_id), attempt);
  try {
    const page = await readLogPage(path, offset);
    return { message_type: 'log_lines', attempt: attemptName(attempt), path, ...page };
  } catch (error) {
    const message = `Cannot read "${path}": ${outcomeText(error)}`;
    return { message_type: 'error', code: 'internal', message };
  }
}
