import { humanCountOf } from '../reports/human.ts';
import { printable } from '../reports/printable.ts';
import type { Tone } from '../terminal.ts';
import { ASSUMPTIONS } from './finding-text.ts';
import {
  type DifferenceKind,
  kindOfDifference,
  type LineDifference,
  type Lines,
} from './line-difference.ts';
import type { Finding, Verdict } from './verdict.ts';

/** A line for people. */
export interface ReportLine {
  readonly text: string;
  readonly tone: Tone;
}

const EXAMPLES_MAX = 5;
const EXAMPLE_CHARS_MAX = 160;
const STDERR_LINES_MAX = 5;

const HINTS: Readonly<Record<DifferenceKind, string | undefined>> = {
  rounding:
    'They differ only in the last digits of decimals: sums of floating point numbers depend on their order; round what is written, or add exactly',
  order_in_line: 'They hold the same words in another order',
  other: undefined,
};

const NOTHING_BROKEN = 'No assumption of MapReduce is broken on this sample';

/** What `--check` ends with. */
export function checkReport({ findings, unchecked, notes }: Verdict): readonly ReportLine[] {
  return [
    ...notes.map((text) => ({ text: `Note: ${text}`, tone: 'plain' as const })),
    ...unchecked.map(({ culprit, what, because }) => ({
      text: `Not checked: ${culprit}, ${what}: ${because}`,
      tone: 'warning' as const,
    })),
    ...findings.flatMap(findingLines),
    ...(findings.length === 0 ? [{ text: NOTHING_BROKEN, tone: 'good' as const }] : []),
  ];
}

function findingLines(finding: Finding): readonly ReportLine[] {
  const { name, meaning, mend } = ASSUMPTIONS[finding.assumption];
  const head = `Broken by the ${finding.culprit}: ${name}`;
  const hint = hintOf(finding);
  return [
    { text: head, tone: 'bad' },
    ...[
      meaning,
      ...(finding.difference === undefined ? [] : differenceLines(finding, finding.difference)),
      ...failureLines(finding),
      ...(hint === undefined ? [] : [hint]),
      mend,
    ].map((text) => ({ text: `  ${text}`, tone: 'plain' as const })),
  ];
}

/** What the lines that differ tell beyond that they do. */
export function hintOf({ difference }: Finding): string | undefined {
  if (difference === undefined) return undefined;
  return HINTS[kindOfDifference(difference)];
}

function differenceLines(
  { runs: [first, second] }: Finding,
  { onlyFirst, onlySecond }: LineDifference,
): readonly string[] {
  return [...surplusLines(first, onlyFirst), ...surplusLines(second, onlySecond)];
}

function surplusLines(run: string, lines: Lines): readonly string[] {
  if (lines.length === 0) return [`${run}: no line that the other has not`];
  const shown = examplesOf(lines).map(({ line, times }) => {
    const clipped =
      line.length > EXAMPLE_CHARS_MAX ? `${line.slice(0, EXAMPLE_CHARS_MAX)} …` : line;
    return `  ${printable(clipped)}${times > 1 ? `   (${String(times)} times)` : ''}`;
  });
  const counted = shown.length < new Set(lines).size ? ', the first of them' : '';
  return [`${run}: ${humanCountOf(lines.length, 'line')} of its own${counted}`, ...shown];
}

/** The first different lines of a sorted list, as text. */
export function examplesOf(lines: Lines): readonly { line: string; times: number }[] {
  const times = new Map<string, number>();
  for (const line of lines) {
    const known = times.get(line);
    if (known === undefined && times.size === EXAMPLES_MAX) break;
    times.set(line, (known ?? 0) + 1);
  }
  return [...times].map(([line, count]) => ({
    line: Buffer.from(line, 'latin1').toString('utf8'),
    times: count,
  }));
}

function failureLines({ failure: report, runs: [first, second] }: Finding): readonly string[] {
  if (report === undefined) return [];
  const failure = report.failure;
  const cause = printable(failure?.cause ?? 'for no known reason');
  const stderr = (failure?.stderr_tail ?? []).slice(-STDERR_LINES_MAX);
  return [
    `${first}: succeeds`,
    `${second}: fails: ${cause}`,
    ...stderr.map((line) => `  ${printable(line)}`),
  ];
}
