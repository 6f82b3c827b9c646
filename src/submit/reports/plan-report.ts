import type { PlanSummary } from '../../protocol/job-report.ts';
import { describeSize } from '../../runtime/sizes.ts';
import { humanCountOf } from './human.ts';
import { printable } from './printable.ts';

/** What `--dry-run` prints: what would run, on how much, to where, and why so. */
export function planReport(plan: PlanSummary, resultOnStdout: boolean): readonly string[] {
  const output = resultOnStdout ? 'standard output' : printable(plan.output_directory);
  const tasks = `${humanCountOf(plan.maps, 'map')} and ${humanCountOf(plan.reduces, 'reduce')}`;
  const input = `${describeSize(plan.input_bytes)} in ${humanCountOf(plan.input_files, 'file')}`;
  return [
    `Plan: ${tasks} over ${input}, splits of ${describeSize(plan.split_bytes)}`,
    ...plan.commands.map(({ role, command }) => `  ${role.padEnd(10)}${printable(command)}`),
    `  output    ${output}`,
    ...plan.reasons.map((reason) => `  ${printable(reason)}`),
    ...plan.warnings.map((warning) => `Warning: ${printable(warning)}`),
    'Nothing was started: this was a dry run',
  ];
}
