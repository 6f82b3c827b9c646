import type { FailureReport, JobReport } from '../../protocol/job-report.ts';
import type { Stretch } from './sample-plan.ts';
import type { Sample } from './take-sample.ts';

/** A trial's report with the inputs and the output of the job itself, for the user to look at. */
export function inTermsOfInputs(
  report: JobReport,
  output: string | undefined,
  sample: Pick<Sample, 'origins'>,
): JobReport {
  const { failure } = report;
  return {
    ...report,
    output_directory: output ?? report.output_directory,
    failure: failure === null ? null : { ...failure, input: inputOf(failure, sample) },
  };
}

/** Null where the sample is not what was read. */
function inputOf(
  { input }: FailureReport,
  { origins }: Pick<Sample, 'origins'>,
): FailureReport['input'] {
  const origin = input === null ? undefined : origins.get(input.path);
  if (input === null || origin === undefined) return null;
  const start = placeOf(input.start, origin.stretches);
  // The last byte, for the end of a stretch is not where the next one begins.
  const last = placeOf(input.start + Math.max(1, input.length) - 1, origin.stretches);
  return { path: origin.path, start, length: last + 1 - start };
}

/** Where a byte of the sample stands in the input. */
function placeOf(position: number, stretches: readonly Stretch[]): number {
  let left = position;
  for (const { start, length } of stretches) {
    if (left < length) return start + left;
    left -= length;
  }
  return left;
}
