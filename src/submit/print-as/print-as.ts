import { relative } from 'node:path';
import { UserError } from '../../runtime/user-error.ts';
import { readEnvironment } from '../job-request.ts';
import { listPrintedInputs } from './printed-inputs.ts';
import type { CheckedPrograms, SubmitterPlace } from '../preflight.ts';
import type { JobOptions } from '../read-options.ts';
import { parallelScript, pipelineScript, type ScriptJob } from './bash-script.ts';
import { hadoopCommand } from './hadoop-command.ts';
import type { PrintForm } from './print-form.ts';
import type { RecordCut } from './record-cut.ts';
import { stagesOf } from './stages.ts';

/**
 * The equal of a job for another tool, as lines to paste. Nothing is run; inputs are listed as the
 * job would.
 * @throws UserError for what the tool cannot do
 */
export async function printAs(
  form: PrintForm,
  job: JobOptions,
  { programs, place }: { readonly programs: CheckedPrograms; readonly place: SubmitterPlace },
): Promise<readonly string[]> {
  const stages = stagesOf(job, programs);
  if (form !== 'hadoop') refuseForSort(form, stages.cut);
  const script: ScriptJob = {
    job,
    stages,
    files: form === 'hadoop' ? [] : await listPrintedInputs(job, place.directory),
    directory: place.directory,
    environment: readEnvironment(job.env ?? [], place.environment),
  };
  switch (form) {
    case 'sh':
      return pipelineScript(script);
    case 'parallel':
      return parallelScript(script);
    case 'hadoop': {
      const sources = programs.files.map(({ source }) => relative(place.directory, source));
      return hadoopCommand(script, sources);
    }
    default:
      return form satisfies never;
  }
}

function refuseForSort(form: PrintForm, { separator }: RecordCut): void {
  if (Buffer.byteLength(separator) === 1) return;
  throw new UserError(
    `Cannot print the job as ${form}: sort takes a separator of one byte only, not "${separator}"`,
  );
}
