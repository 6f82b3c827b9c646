import { jobDirectory, runPath } from '../protocol/job-layout.ts';
import { outcomeText, type PerformContext, type Performers } from './perform-context.ts';
import { checkOutputs } from './store/check-outputs.ts';
import { checkRun } from './store/check-run.ts';
import { writeManifest } from './store/manifest.ts';
import { writeFileWhole } from '../runtime/files/write-file-whole.ts';

/** Commands that read and write a job's directory while it runs. */
export function storePerformers(
  context: PerformContext,
): Performers<'check_outputs' | 'check_run' | 'write_manifest' | 'write_report' | 'log_attempt'> {
  const { begin, cluster, jobLogs, log } = context;
  const shared = cluster.directory;
  return {
    check_outputs: ({ attempt, files }) =>
      begin(async () => ({
        type: 'outputs_checked',
        attempt,
        problem: await checkOutputs(files),
      })),
    check_run: ({ run }) =>
      begin(async () => {
        const path = runPath(jobDirectory(shared, run.job_id), run.task_index, run.attempt);
        const problem = await checkRun(path);
        return { type: 'run_checked', run, problem: problem && `"${path}": ${problem}` };
      }),
    write_manifest: (command) =>
      begin(async () => {
        const { jobId, version } = command;
        try {
          const path = await writeManifest(shared, command, cluster.modes.file);
          return { type: 'manifest_written', jobId, version, path };
        } catch (error) {
          const reason = `Cannot write the job's manifest: ${outcomeText(error)}`;
          return { type: 'storage_failed', jobId, reason };
        }
      }),
    write_report: ({ jobId, report }) =>
      begin(async () => {
        const path = `${jobDirectory(shared, jobId)}/report.json`;
        const content = `${JSON.stringify(report, undefined, 2)}\n`;
        await writeFileWhole(path, content, cluster.modes.file).catch((error: unknown) =>
          log.warn(`Cannot write "${path}": ${outcomeText(error)}`),
        );
        return undefined;
      }),
    log_attempt: ({ row }) =>
      begin(async () => {
        await jobLogs
          .append(row)
          .catch((error: unknown) => log.debug(`Cannot log an attempt: ${outcomeText(error)}`));
        return undefined;
      }),
  };
}
