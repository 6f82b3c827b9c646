import type { ProgramRole } from '../../../protocol/job-spec.ts';
import type { ExitCause } from '../exit-cause.ts';
import type { KnownCause, ProgramEnds } from './known-cause.ts';
import { LANGUAGE_CAUSES } from './language-causes.ts';
import { SYSTEM_CAUSES } from './system-causes.ts';

/** Every way of dying that is known by its traces, the more telling first. */
export const KNOWN_CAUSES: readonly KnownCause[] = [...LANGUAGE_CAUSES, ...SYSTEM_CAUSES];

/** What a program left behind. */
export interface FailureTraces {
  /** The last lines of its stderr, reports taken out. */
  readonly stderr: readonly string[];
  /** As reports show it. */
  readonly command: string;
  readonly role: ProgramRole;
}

/** Characters of a program's own words in ours. */
const QUOTED_CHARS_MAX = 120;
const ACCEPT_OPTIONS = {
  mapper: '--accept-exit',
  combiner: '--combiner-accept-exit',
  reducer: '--reducer-accept-exit',
} as const;

/**
 * Adds to the way a program ended what it probably died of, and what to do about it, when its
 * traces are known. The way it ended stays in front.
 */
export function explainFailure(end: ExitCause, traces: FailureTraces): ExitCause {
  const found = findCause(end, traces);
  if (!found) return end;
  const { known, words } = found;
  const fill = (text: string): string =>
    text.replaceAll('{accept}', ACCEPT_OPTIONS[traces.role]).replaceAll('{}', () => words);
  const mend = fill(known.mend);
  if (known.cause === undefined) return { ...end, mend };
  return { ...end, text: `${bareEnd(end)}: ${fill(known.cause)}`, mend };
}

interface FoundCause {
  readonly known: KnownCause;
  /** What the program said, for `{}`. */
  readonly words: string;
}

/** The row that explains a failure, if one does. */
export function findCause(end: ExitCause, traces: FailureTraces): FoundCause | undefined {
  const lines = traces.stderr.filter((line) => line.trim() !== '');
  const fitting = KNOWN_CAUSES.filter((known) => {
    if (known.ends !== undefined && !isOneOf(end, known.ends)) return false;
    if (known.silent === true && lines.length > 0) return false;
    return known.command?.test(traces.command) ?? true;
  });
  const usual = fitting.filter(({ weight }) => weight === undefined);
  const signatures = fitting.filter(({ weight }) => weight === 'signature');
  const symptoms = fitting.filter(({ weight }) => weight === 'symptom');
  return (
    byEnd(signatures) ??
    byLastLine(signatures, lines) ??
    byLastLine(usual, lines) ??
    byEnd(usual) ??
    byLastLine(symptoms, lines)
  );
}

/** The first row that needs no line. */
function byEnd(rows: readonly KnownCause[]): FoundCause | undefined {
  const known = rows.find(({ line }) => line === undefined);
  return known && { known, words: '' };
}

/** The first row that matches the line nearest to the end. */
function byLastLine(rows: readonly KnownCause[], lines: readonly string[]): FoundCause | undefined {
  for (const line of lines.toReversed()) {
    for (const known of rows) {
      const match = known.line?.exec(line);
      if (match) return { known, words: quotable(match) };
    }
  }
  return undefined;
}

/** The group that took part, else the whole match, bounded and printable. */
function quotable(match: RegExpExecArray): string {
  const group = match.slice(1).find((words: string | undefined) => words !== undefined);
  const words = (group ?? match[0]).replaceAll(/\p{C}/gu, '?');
  return words.length <= QUOTED_CHARS_MAX ? words : `${words.slice(0, QUOTED_CHARS_MAX)}…`;
}

function isOneOf(end: ExitCause, ends: ProgramEnds): boolean {
  if (end.exit_code !== null) return ends.exitCodes?.includes(end.exit_code) === true;
  if (end.signal !== null) return ends.signals?.includes(end.signal) === true;
  return ends.timedOut === true;
}

/** The fact alone, without what it usually means. */
function bareEnd(end: ExitCause): string {
  if (end.exit_code !== null) return `exit code ${String(end.exit_code)}`;
  return end.signal === null ? end.text : `killed by ${end.signal}`;
}
