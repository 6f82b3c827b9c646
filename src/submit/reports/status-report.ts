import type { AttemptView, JobStatus, StageProgress } from '../../protocol/job-report.ts';
import { describeSize } from '../../runtime/sizes.ts';
import { describeTime } from '../../runtime/times.ts';
import { humanCount, humanCountOf, humanTime } from './human.ts';
import { elapsed, stageCell } from './job-table.ts';
import { printable } from './printable.ts';
import { counterLines } from './success-report.ts';
import { plainTable } from './table.ts';

/** `mapreduce status`: where a job stands, line by line. How it ended is the caller's to add. */
export function statusReport(status: JobStatus, wallMs: number): readonly string[] {
  const name = status.name === '' ? '' : ` "${printable(status.name)}"`;
  return [
    `${status.job}${name}: ${status.state} for ${elapsed(status, wallMs)}`,
    `  submitted  ${humanTime(status.submitted_at_ms)} by ${printable(status.submitted_by)}`,
    `  output     ${printable(status.output_directory)}`,
    `  maps       ${stageLine(status.maps)}`,
    `  reduces    ${stageLine(status.reduces)}`,
    ...badRecordLines(status.bad_records),
    ...(status.waiting_for === null ? [] : [`  waiting    ${printable(status.waiting_for)}`]),
    ...attemptLines(status.running_attempts),
    ...(status.last_errors.length === 0 ? [] : ['Last errors:']),
    ...status.last_errors.map((line) => `  ${printable(line)}`),
    ...status.warnings.map((warning) => `Warning: ${printable(warning)}`),
    ...counterLines(status.counters),
  ];
}

function stageLine(stage: StageProgress): string {
  if (stage.tasks === 0) return 'none';
  const bytes = `${describeSize(stage.bytes_done)} of ${describeSize(stage.bytes_total)}`;
  const { running, failed, lost, backups } = stage;
  const beside = backups === 0 ? '' : `, ${humanCountOf(backups, 'backup')}`;
  return `${stageCell(stage)}, ${bytes}, ${String(running)} running, ${String(failed)} failed, ${String(lost)} lost${beside}`;
}

function badRecordLines(bad: JobStatus['bad_records']): string[] {
  if (bad === null || bad.probes === 0) return [];
  const found = `${humanCountOf(bad.found.length, 'record')} found`;
  const probes = humanCountOf(bad.probes, 'attempt');
  return [`  bad        ${found} by ${probes}, ${humanCount(bad.limit)} may be left out`];
}

function attemptLines(attempts: readonly AttemptView[]): string[] {
  if (attempts.length === 0) return [];
  const table = plainTable({
    headings: ['ATTEMPT', 'WORKER', 'STATE', 'TIME', 'READ', 'STATUS'],
    rows: attempts.map((attempt) => [
      attempt.attempt,
      printable(attempt.worker_id),
      attempt.state,
      describeTime(attempt.running_ms),
      describeSize(attempt.bytes_read),
      printable(attempt.status),
    ]),
  });
  return table
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`);
}
