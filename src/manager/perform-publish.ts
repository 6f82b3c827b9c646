import { outcomeText, type PerformContext, type Performers } from './perform-context.ts';
import { cleanUp, removeJobFiles } from './publish/clean-up.ts';
import { preparePublish } from './publish/prepare-publish.ts';
import { publish } from './publish/publish.ts';

/** Commands that put a result in place and clear away what it leaves. */
export function publishPerformers({
  begin,
  cluster,
  files,
  jobLogs,
  log,
}: PerformContext): Performers<
  'prepare_publish' | 'publish' | 'clean_up' | 'remove_job_files' | 'remove_shipped_files'
> {
  const shared = cluster.directory;
  const warn = (message: string): void => log.warn(message);
  return {
    prepare_publish: (command) =>
      begin(async () => {
        const { jobId } = command;
        try {
          return { type: 'publish_prepared', jobId, ...(await preparePublish(command)) };
        } catch (error) {
          return { type: 'publish_failed', jobId, reason: outcomeText(error) };
        }
      }),
    publish: (command) =>
      begin(async () => {
        const { jobId } = command;
        try {
          await publish(command);
          return { type: 'published', jobId };
        } catch (error) {
          return { type: 'publish_failed', jobId, reason: outcomeText(error) };
        }
      }),
    clean_up: (command) =>
      begin(async () => {
        const keptBytes = await cleanUp(command, shared, warn);
        return { type: 'cleaned_up', jobId: command.jobId, keptBytes };
      }),
    remove_job_files: ({ jobId }) =>
      begin(async () => {
        await jobLogs.finish(jobId);
        const freedBytes = await removeJobFiles(jobId, shared).catch((error: unknown) => {
          log.warn(`Cannot remove the files of job ${String(jobId)}: ${outcomeText(error)}`);
          return 0;
        });
        return { type: 'job_files_removed', jobId, freedBytes };
      }),
    remove_shipped_files: ({ hashes }) =>
      begin(async () => {
        await files
          .remove(hashes)
          .catch((error: unknown) => warn(`Cannot remove shipped files: ${outcomeText(error)}`));
        return undefined;
      }),
  };
}
