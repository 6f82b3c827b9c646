import type {
  BadRecordsReport,
  CombinerReport,
  Counters,
  JobReport,
} from '../../protocol/job-report.ts';
import { BAD_OUTPUT_NAME } from '../../protocol/job-layout.ts';
import { describeSize } from '../../runtime/sizes.ts';
import { describeTime } from '../../runtime/times.ts';
import { humanCount, humanCountOf } from './human.ts';
import { printable } from './printable.ts';
import { resultPlace } from './result-place.ts';

/** What a waiting client prints about a job that succeeded. */
export function successReport(report: JobReport, resultOnStdout: boolean): readonly string[] {
  const { maps, reduces } = report;
  const tasks = [humanCountOf(maps.tasks, 'map')];
  if (reduces.tasks > 0) tasks.push(humanCountOf(reduces.tasks, 'reduce'));
  const records = `${humanCountOf(report.output_records, 'record')} written`;
  const counts = [...tasks, `${describeSize(report.input_bytes)} read`, records].join(', ');
  const where = resultPlace(resultOnStdout, report.output_directory);
  const size = `${humanCountOf(report.output_parts, 'part')}, ${describeSize(report.output_bytes)}`;
  return [
    `${report.job} succeeded in ${describeTime(report.duration_ms)}: ${counts}`,
    ...troubles(report),
    ...backupLine(report),
    ...badRecordLines(report.bad_records, resultOnStdout),
    ...combinerLines(report.combiner),
    ...counterLines(report.counters),
    `Output: ${where} (${size})`,
  ];
}

/** What the combiner was good for; nothing for a job without one, or without records. */
function combinerLines(combiner: CombinerReport | null): string[] {
  if (combiner === null) return [];
  const { input_records: input, output_records: output, skipped_records: skipped } = combiner;
  const lines: string[] = [];
  if (input > 0) {
    lines.push(`Combiner: ${humanCountOf(input, 'record')} became ${humanCount(output)}`);
  }
  if (skipped > 0) {
    const records = humanCountOf(skipped, 'record');
    lines.push(`Combiner skipped for ${records}: it would hardly make them fewer`);
  }
  return lines;
}

/** Attempts that went wrong on the way to success: worth a line, not a warning. */
function troubles({ maps, reduces }: JobReport): string[] {
  const sum = (name: 'failed' | 'lost' | 'unfit'): number => maps[name] + reduces[name];
  const parts = (['failed', 'lost', 'unfit'] as const)
    .filter((name) => sum(name) > 0)
    .map((name) => `${humanCount(sum(name))} ${name}`);
  return parts.length === 0 ? [] : [`Attempts that were tried again: ${parts.join(', ')}`];
}

function backupLine({ maps, reduces }: JobReport): string[] {
  const backups = maps.backups + reduces.backups;
  return backups === 0 ? [] : [`Backups of attempts that ran long: ${humanCount(backups)}`];
}

/** How many lines were left out, and where they are; nothing when there were none. */
function badRecordLines(bad: BadRecordsReport | null, resultOnStdout: boolean): string[] {
  if (bad === null || bad.found.length === 0) return [];
  const where = resultOnStdout ? 'see the warnings' : `see ${BAD_OUTPUT_NAME} in the output`;
  const probes = `found by ${humanCountOf(bad.probes, 'attempt')}`;
  return [
    `Bad records left out: ${humanCount(bad.found.length)} of at most ${humanCount(bad.limit)}, ${probes}; ${where}`,
  ];
}

/** `  GROUP NAME: N` under a heading; nothing when the programs counted nothing. */
export function counterLines(counters: Counters): string[] {
  const lines = Object.entries(counters).flatMap(([group, values]) =>
    Object.entries(values).map(
      ([name, value]) => `  ${printable(group)} ${printable(name)}: ${value}`,
    ),
  );
  return lines.length === 0 ? [] : ['Counters:', ...lines];
}
