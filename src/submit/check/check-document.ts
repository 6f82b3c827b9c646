import type { FailureReport } from '../../protocol/job-report.ts';
import { examplesOf, hintOf } from './check-report.ts';
import type { Lines } from './line-difference.ts';
import type { Sample } from './take-sample.ts';
import type { Assumption, Culprit, Finding, Unchecked, Verdict } from './verdict.ts';

/** What `--check --json` prints, unless the job fails by itself: then its report. */
export interface CheckDocument {
  readonly schema_version: 1;
  readonly outcome: 'nothing_broken' | 'broken';
  readonly sample: { readonly files: number; readonly bytes: number; readonly lines: number };
  readonly findings: readonly FindingDocument[];
  readonly unchecked: readonly Unchecked[];
  readonly notes: readonly string[];
}

interface FindingDocument {
  readonly culprit: Culprit;
  readonly assumption: Assumption;
  readonly hint: string | null;
  /** The two runs that should have written the same lines. */
  readonly runs: readonly [RunDocument, RunDocument];
  /** Why the second run failed instead. */
  readonly failure: FailureReport | null;
}

interface RunDocument {
  readonly run: string;
  /** Lines that the other run has not, or less often. */
  readonly own_lines: number;
  /** The first of them, sorted; as UTF-8. */
  readonly examples: readonly { readonly line: string; readonly times: number }[];
}

export function checkDocument(verdict: Verdict, sample: Sample): CheckDocument {
  const { findings, unchecked, notes } = verdict;
  return {
    schema_version: 1,
    outcome: findings.length === 0 ? 'nothing_broken' : 'broken',
    sample: { files: sample.paths.length, bytes: sample.bytes, lines: sample.lines },
    findings: findings.map(findingDocument),
    unchecked,
    notes,
  };
}

function findingDocument(finding: Finding): FindingDocument {
  const { culprit, assumption, runs, difference, failure } = finding;
  return {
    culprit,
    assumption,
    hint: hintOf(finding) ?? null,
    runs: [
      runDocument(runs[0], difference?.onlyFirst ?? []),
      runDocument(runs[1], difference?.onlySecond ?? []),
    ],
    failure: failure?.failure ?? null,
  };
}

function runDocument(run: string, lines: Lines): RunDocument {
  return { run, own_lines: lines.length, examples: examplesOf(lines) };
}
