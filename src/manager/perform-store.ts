import { jobDirectory, runPath } from '../protocol/job-layout.ts';
import { outcomeText, type PerformContext, type Performers } from './perform-context.ts';
import type { ManagerCommand } from './scheduler/commands.ts';
import type { UnreadableRun } from './scheduler/events.ts';
import { OutputChecks } from './store/check-outputs.ts';
import { checkRun } from './store/check-run.ts';
import { writeManifest } from './store/manifest.ts';
import { writeRanges } from './store/ranges.ts';
import { writeFileWhole } from '../runtime/files/write-file-whole.ts';

/** Commands that read and write a job's directory while it runs. */
export function storePerformers(
  context: PerformContext,
): Performers<'check_outputs' | 'check_run' | 'write_manifest' | 'write_report' | 'log_attempt'> {
  const { begin, cluster, jobLogs, log, push } = context;
  const shared = cluster.directory;
  const checks = new OutputChecks(shared);
  return {
    check_outputs: ({ attempt, files }) =>
      checks.check(files, (problem) => push({ type: 'outputs_checked', attempt, problem })),
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
          const unreadable = await cutRanges(command, shared, cluster.modes.file);
          if (unreadable.length > 0) {
            return { type: 'runs_unreadable', jobId, version, runs: unreadable };
          }
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
    log_attempt: ({ row }) => {
      const write = jobLogs.append(row);
      if (write === undefined) return;
      begin(async () => {
        await write.catch((error: unknown) =>
          log.debug(`Cannot log an attempt: ${outcomeText(error)}`),
        );
        return undefined;
      });
    },
  };
}

/** The runs that cannot be read, of a job whose keys are to be cut into ranges. */
async function cutRanges(
  { jobId, entries, ranges }: Extract<ManagerCommand, { type: 'write_manifest' }>,
  shared: string,
  mode: number,
): Promise<readonly UnreadableRun[]> {
  if (ranges === null) return [];
  const jobDir = jobDirectory(shared, jobId);
  const paths = entries.map((entry) => runPath(jobDir, entry.map_index, entry.attempt));
  const unreadable = await writeRanges(jobDir, paths, ranges, mode);
  return unreadable.flatMap(({ index, problem }) => {
    const entry = entries[index];
    return entry === undefined ? [] : [{ ...entry, problem }];
  });
}
