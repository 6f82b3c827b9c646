import type { PlanSummary } from '../../protocol/job-report.ts';
import { describeSize } from '../../runtime/sizes.ts';
import { humanCountOf } from './human.ts';
import { printable } from './printable.ts';
import { resultPlace } from './result-place.ts';

/** What `--dry-run` prints: what would run, on how much, to where, and why so. */
export function planReport(plan: PlanSummary, resultOnStdout: boolean): readonly string[] {
  const output = resultPlace(resultOnStdout, plan.output_directory);
  return [
    `Plan: ${planTasks(plan)}, splits of ${describeSize(plan.split_bytes)}`,
    ...plan.commands.map(({ role, command }) => `  ${role.padEnd(10)}${printable(command)}`),
    `  output    ${output}`,
    ...plan.reasons.map((reason) => `  ${printable(reason)}`),
    ...plan.warnings.map((warning) => `Warning: ${printable(warning)}`),
    'Nothing was started: this was a dry run',
  ];
}

/** `28 maps and 4 reduces over 1.2 GiB in 14 files` */
export function planTasks(plan: PlanSummary): string {
  const tasks = [humanCountOf(plan.maps, 'map')];
  if (plan.reduces > 0) tasks.push(humanCountOf(plan.reduces, 'reduce'));
  const input = `${describeSize(plan.input_bytes)} in ${humanCountOf(plan.input_files, 'file')}`;
  return `${tasks.join(' and ')} over ${input}`;
}
