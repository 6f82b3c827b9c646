import type { FailureReport, JobReport } from '../../protocol/job-report.ts';
import { compressionOf } from '../../inputs/compression.ts';
import { parseTaskName } from '../../protocol/ids.ts';
import { partName } from '../../protocol/job-layout.ts';
import { formatCommand } from '../../runtime/programs/command-words.ts';
import { type ManagerAddress, nextCommand } from '../manager-address.ts';
import { printable } from './printable.ts';

/**
 * What to type to see the program fail again, on the same bytes:
 * `mapreduce input job-0007 map-00003.4 | python3 map.py`. A built-in is nothing to type.
 * @returns undefined when no program failed, or what it read is gone
 */
export function reproduceLine(
  report: JobReport,
  failure: FailureReport,
  address: ManagerAddress,
): string | undefined {
  const { attempt, role } = failure;
  if (attempt === null || role === null) return undefined;
  if (role === 'reducer' && report.kept_bytes === 0) return undefined;
  return piped(nextCommand(address, 'input', report.job, attempt), failure);
}

/**
 * The same for a job of `--local`, of which nothing is left but its input: of a map the bytes of its
 * piece; of a reduce, how to get what it read.
 */
export function reproduceLocally(report: JobReport, failure: FailureReport): string | undefined {
  const { attempt, role, input } = failure;
  if (attempt === null || role === null) return undefined;
  if (role === 'mapper' && input !== null) return piped(inputLine(input), failure);
  if (role === 'reducer') return reducerLocally(report, failure, attempt);
  return undefined;
}

/** A reducer that changes nothing leaves what another one would have read. */
function reducerLocally(report: JobReport, failure: FailureReport, attempt: string): string {
  const { tasks } = report.reduces;
  const part = partName(parseTaskName(attempt)?.task_index ?? 0, tasks);
  const options = formatCommand(['--reducer', 'identity', '--num-reducers', String(tasks)]);
  const how = `the same job with ${options} --output DIR writes what ${attempt} read to DIR/${part}`;
  return failure.reproduce === null ? how : `${how}; then: ${piped(`cat DIR/${part}`, failure)}`;
}

/**
 * Tools that every system has: the bytes of one piece, decompressed as the job did it, by the program
 * that the kind of compression is called after.
 */
function inputLine({ path, start, length }: NonNullable<FailureReport['input']>): string {
  const compression = compressionOf(path);
  if (compression !== null) return formatCommand([compression, '-dc', path]);
  if (start === 0) return formatCommand(['head', '-c', String(length), path]);
  const from = formatCommand(['tail', '-c', `+${String(start + 1)}`, path]);
  return `${from} | head -c ${String(length)}`;
}

/** A command that a terminal could not show as it is would not be the same when typed. */
function piped(from: string, { reproduce, role }: FailureReport): string {
  if (reproduce === null) return printable(from);
  if (printable(reproduce) === reproduce) return `${printable(from)} | ${reproduce}`;
  return `${printable(from)} and pipe it into the ${role ?? 'program'}`;
}
