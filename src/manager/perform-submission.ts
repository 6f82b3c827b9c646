import { resolve } from 'node:path';
import { outcomeText, type PerformContext, type Performers } from './perform-context.ts';
import { type PlannerPlace, prepareJob } from './planner/prepare-job.ts';
import { makeStaging, type MakeStaging } from './publish/staging.ts';

/** Commands that turn a submission into a job. */
export function submissionPerformers(
  context: PerformContext,
): Performers<'prepare_job' | 'make_staging'> {
  const { begin, files, log, place } = context;
  const planning: PlannerPlace = {
    ...place,
    onListRead: (sha256) =>
      files
        .removeRead(sha256)
        .catch((error: unknown) =>
          log.warn(`Cannot remove a list of inputs: ${outcomeText(error)}`),
        ),
  };
  return {
    prepare_job: ({ request, spec, slots }) =>
      begin(async () => {
        try {
          const plan = await prepareJob(spec, slots, planning);
          return { type: 'job_prepared', request, plan };
        } catch (error) {
          return { type: 'job_refused', request, reason: outcomeText(error) };
        }
      }),
    make_staging: (command) =>
      begin(async () => {
        const { jobId } = command;
        try {
          await adoptFiles(command, context);
          await makeStaging(command, context.cluster.directory, context.cluster.modes);
          return { type: 'staging_made', jobId };
        } catch (error) {
          return { type: 'staging_failed', jobId, reason: outcomeText(error) };
        }
      }),
  };
}

/** A client has sent its files' contents before; a bare job's programs are the Manager's own files. */
async function adoptFiles(
  { spec, plan }: MakeStaging,
  { files, place }: PerformContext,
): Promise<void> {
  if (spec.files !== undefined) {
    const missing = new Set(await files.missing(plan.files.map((file) => file.sha256)));
    const lacking = plan.files.find((file) => missing.has(file.sha256));
    if (!lacking) return;
    throw new Error(`Cannot use file "${lacking.path}": its content was not sent; submit again`);
  }
  for (const file of plan.files) {
    try {
      await files.adopt(resolve(place.directory, file.path), file);
    } catch (error) {
      throw new Error(`Cannot ship "${file.path}": ${outcomeText(error)}`, { cause: error });
    }
  }
}
