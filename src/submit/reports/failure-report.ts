import type { BadRecordsReport, FailureReport, JobReport } from '../../protocol/job-report.ts';
import { type ManagerAddress, nextCommand } from '../manager-address.ts';
import { describeSize } from '../../runtime/sizes.ts';
import { describeTime } from '../../runtime/times.ts';
import { humanCount } from './human.ts';
import { printable } from './printable.ts';
import { reproduceLine, reproduceLocally } from './reproduce-line.ts';
import { resultPlace } from './result-place.ts';

/** How failures are told. */
export interface FailureContext {
  readonly address: ManagerAddress;
  /** Nothing outlives a `--local` job, so nothing of it can be looked at afterwards. */
  readonly local: boolean;
  readonly resultOnStdout: boolean;
}

/** Width of the names in front of the facts, blank after it included. */
const NAME_WIDTH = 10;

/**
 * Everything that is known about why a job failed, the last lines of stderr included, and what to
 * type next (spec: "A failed job says within a second").
 */
export function failureReport(report: JobReport, context: FailureContext): readonly string[] {
  const failure = report.failure;
  const head = `${report.job} failed after ${describeTime(report.duration_ms)}`;
  if (failure === null) return [head, ...afterwards(report, context)];
  return [
    `${head}: ${headline(failure)}`,
    ...facts(failure),
    ...badRecordLines(report.bad_records),
    ...afterwards(report, context),
    ...nextSteps(report, failure, context),
  ];
}

/** What is left of a job that ended without success. */
function afterwards(report: JobReport, context: FailureContext): string[] {
  const written = resultPlace(context.resultOnStdout, report.output_directory);
  const nothing = `Nothing was written to ${written}`;
  if (context.local) return [nothing];
  if (report.kept_bytes === 0) return [nothing, 'Nothing of it is kept for inspection'];
  const remove = nextCommand(context.address, 'remove', report.job);
  return [nothing, `Kept for inspection: ${describeSize(report.kept_bytes)}, until: ${remove}`];
}

function headline(failure: FailureReport): string {
  const task = failure.attempt?.replace(/\.\d+$/, '');
  if (task === undefined) return printable(failure.cause);
  const times = failure.charged_attempts;
  return times > 1 ? `${task} failed ${humanCount(times)} times` : `${task} failed`;
}

function facts(failure: FailureReport): string[] {
  const { attempt, input, command } = failure;
  const lines: string[] = [];
  if (attempt !== null) {
    const where = failure.worker_id === null ? '' : ` on ${printable(failure.worker_id)}`;
    lines.push(fact('attempt', `${attempt}${where}`), fact('cause', printable(failure.cause)));
  }
  if (failure.mend !== null) lines.push(fact('mend', printable(failure.mend)));
  if (command !== null) lines.push(fact('command', printable(command)));
  if (input !== null) {
    const end = input.start + input.length;
    const range = `bytes ${String(input.start)} to ${String(end)} (${describeSize(input.length)})`;
    lines.push(fact('input', `${printable(input.path)}, ${range}`));
  }
  return [...lines, ...stderrLines(failure)];
}

/** What was found before the job failed, each by its place. */
function badRecordLines(bad: BadRecordsReport | null): string[] {
  return (bad?.found ?? []).map(({ path, offset, length, cause }, index) => {
    const place = `${printable(path)}, byte ${String(offset)} (${describeSize(length)})`;
    return fact(index === 0 ? 'bad' : '', `${place}: ${printable(cause)}`);
  });
}

function stderrLines({ stderr_tail: tail, attempt }: FailureReport): string[] {
  if (tail.length === 0) return attempt === null ? [] : [fact('stderr', '(empty)')];
  return tail.map((line, index) => fact(index === 0 ? 'stderr' : '', printable(line)));
}

function fact(name: string, text: string): string {
  return `  ${name.padEnd(NAME_WIDTH)}${text}`.trimEnd();
}

function nextSteps(report: JobReport, failure: FailureReport, context: FailureContext): string[] {
  const { address, local } = context;
  const reproduce = local
    ? reproduceLocally(report, failure)
    : reproduceLine(report, failure, address);
  const last = reproduce === undefined ? [] : [`Reproduce: ${reproduce}`];
  if (local) return last;
  const words =
    failure.attempt === null ? ['status', report.job] : ['logs', report.job, failure.attempt];
  return [`Next: ${nextCommand(address, ...words)}`, ...last];
}

/** What a waiting client prints about a job that was cancelled. */
export function cancelledReport(report: JobReport, context: FailureContext): readonly string[] {
  const by = report.cancelled_by === null ? '' : ` by ${printable(report.cancelled_by)}`;
  const duration = describeTime(report.duration_ms);
  return [`${report.job} was cancelled${by} after ${duration}`, ...afterwards(report, context)];
}
