import type { ProgramRole } from '../../protocol/job-spec.ts';
import type { Cause, Failed } from '../../protocol/worker-messages.ts';
import {
  DecompressionError,
  DecompressorMissingError,
  InputChangedError,
} from '../../inputs/input-errors.ts';
import { CombinerKeyError } from '../../shuffle/combiner.ts';
import { FoldError } from '../../shuffle/folds/fold.ts';
import { RecordTooLongError } from '../../shuffle/record-too-long-error.ts';
import { MergeScratchError, RunUnreadableError } from '../../shuffle/run-unreadable-error.ts';
import { errorCode, errorText } from '../../runtime/system-error.ts';
import { TooManyCountersError } from '../program/counters.ts';

type Outcome = Failed['outcome'];

/** An attempt ends without success, and why is known. */
export class AttemptFailure extends Error {
  override readonly name = 'AttemptFailure';
  readonly outcome: Outcome;
  readonly reason: Cause;
  /** The command to blame; undefined for the task's own. */
  readonly command: string | undefined;
  /** Whose command it is; undefined for the task's own. */
  readonly role: ProgramRole | undefined;

  constructor(outcome: Outcome, reason: Cause | string, command?: string, role?: ProgramRole) {
    const cause = typeof reason === 'string' ? inWords(reason) : reason;
    super(cause.text);
    this.outcome = outcome;
    this.reason = cause;
    this.command = command;
    this.role = role;
  }
}

/** The attempt was killed on request: it has no result. */
export class AttemptKilled extends Error {
  override readonly name = 'AttemptKilled';
}

export interface FailureOfError {
  readonly outcome: Outcome;
  readonly cause: Cause;
  readonly command: string | undefined;
  /** Whose fault it is, where that is not the task's own program. */
  readonly role: ProgramRole | undefined;
  readonly badRun: Failed['bad_run'];
}

/** Errors that say all in their message, and whose fault they are. */
const OUTCOMES = [
  // What a program or its data did.
  [RecordTooLongError, 'failed'],
  [FoldError, 'failed'],
  [TooManyCountersError, 'failed'],
  [DecompressionError, 'failed'],
  [InputChangedError, 'input_changed'],
  [DecompressorMissingError, 'cannot_start'],
  [MergeScratchError, 'unfit'],
] as const;
/** A reader that has run out of these says nothing about the run that it could not read. */
const READER_SHORTAGES = ['EMFILE', 'ENFILE', 'ENOMEM'];

/**
 * Whose fault an error is: the program's (`failed`, charged) or this Worker's and its storage's
 * (`unfit`). Undefined for an error that nobody expected: a bug.
 */
export function failureOf(error: unknown): FailureOfError | undefined {
  if (error instanceof AttemptFailure) {
    const { outcome, reason, command, role } = error;
    return { outcome, cause: reason, command, role, badRun: null };
  }
  if (!(error instanceof Error)) return undefined;
  if (error instanceof CombinerKeyError)
    return { ...plain('failed', error.message), role: 'combiner' };
  const known = OUTCOMES.find(([kind]) => error instanceof kind);
  if (known) return plain(known[1], error.message);
  if (error instanceof RunUnreadableError) {
    const isShortage = READER_SHORTAGES.includes(errorCode(error.cause) ?? '');
    const badRun = { map_index: error.mapIndex, attempt: error.attempt };
    return { ...plain('unfit', error.message), badRun: isShortage ? null : badRun };
  }
  const code = errorCode(error);
  // Node's own codes begin with ERR_ and tell of a bug; the others are the operating system's.
  if (code !== undefined && !code.startsWith('ERR_')) return plain('unfit', systemError(error));
  // The system refused the memory for the sort buffer.
  return error instanceof RangeError && code === undefined
    ? plain('unfit', error.message)
    : undefined;
}

function plain(outcome: Outcome, text: string): FailureOfError {
  return { outcome, cause: inWords(text), command: undefined, role: undefined, badRun: null };
}

function inWords(text: string): Cause {
  return { text, exit_code: null, signal: null };
}

function systemError(error: Error): string {
  const path = 'path' in error && typeof error.path === 'string' ? ` "${error.path}"` : '';
  const call = 'syscall' in error && typeof error.syscall === 'string' ? error.syscall : undefined;
  return call === undefined
    ? `${error.message}: ${errorText(error)}`
    : `Cannot ${call}${path}: ${errorText(error)}`;
}
