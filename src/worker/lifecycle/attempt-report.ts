import type { AttemptRef } from '../../protocol/ids.ts';
import {
  COMMAND_CHARS_MAX,
  MESSAGE_BYTES_MAX,
  SENTENCE_CHARS_MAX,
  STDERR_LINE_CHARS_MAX,
  STDERR_TAIL_LINES_MAX,
} from '../../protocol/limits.ts';
import { utf8Bytes } from '../../protocol/utf8-bytes.ts';
import type { TaskFailure, TaskSuccess } from '../tasks/task-result.ts';
import type { AttemptReport } from './outbox.ts';

/** Left for the identity and numbers that are added when a report is sent. */
const ENVELOPE_BYTES = 1024;
/** For a failure without a program. */
const NO_COMMAND = '(none)';

/**
 * The `finished` or `failed` message for what a slot returned, sure to fit into one message: an
 * attempt with more output files than that fails by name, a long stderr loses its oldest lines.
 */
export function attemptReport(ref: AttemptRef, result: TaskSuccess | TaskFailure): AttemptReport {
  if (result.outcome !== 'finished') return failedReport(ref, result);
  const { outputs, statistics, counters, lines } = result;
  const fields = { outputs, statistics, counters, ...(lines && { lines }) };
  const report: AttemptReport = { message_type: 'finished', ...ref, ...fields };
  return fits(report) ? report : tooLargeToReport(ref, outputs.length);
}

function failedReport(ref: AttemptRef, failure: TaskFailure): AttemptReport {
  const { outcome, input, bad_run, role } = failure;
  const cause = { ...failure.cause, text: failure.cause.text.slice(0, SENTENCE_CHARS_MAX) };
  const command = failure.command.slice(0, COMMAND_CHARS_MAX) || NO_COMMAND;
  let stderr_tail: readonly string[] = failure.stderr_tail
    .slice(-STDERR_TAIL_LINES_MAX)
    .map((line) => line.slice(0, STDERR_LINE_CHARS_MAX));
  const fields = {
    message_type: 'failed',
    ...ref,
    outcome,
    cause,
    command,
    role,
    reproduce: (failure.reproduce?.length ?? 0) <= COMMAND_CHARS_MAX ? failure.reproduce : null,
    input,
    bad_run,
    ...(failure.lines && { lines: failure.lines }),
  } as const;
  while (stderr_tail.length > 0 && !fits({ ...fields, stderr_tail })) {
    stderr_tail = stderr_tail.slice(Math.ceil(stderr_tail.length / 2));
  }
  return { ...fields, stderr_tail };
}

function tooLargeToReport(ref: AttemptRef, files: number): AttemptReport {
  const text = `Cannot report ${String(files)} output files: more than one message holds`;
  return failedReport(ref, {
    outcome: 'failed',
    cause: { text, exit_code: null, signal: null },
    command: NO_COMMAND,
    role: null,
    reproduce: null,
    stderr_tail: [],
    input: null,
    bad_run: null,
  });
}

function fits(report: AttemptReport): boolean {
  return utf8Bytes(JSON.stringify(report)) + ENVELOPE_BYTES <= MESSAGE_BYTES_MAX;
}
