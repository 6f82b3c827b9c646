import { describe, expect, it } from 'vitest';
import { checkDocument } from '../../../src/submit/check/check-document.ts';
import { checkReport } from '../../../src/submit/check/check-report.ts';
import type { Finding, Verdict } from '../../../src/submit/check/verdict.ts';
import { failedReport } from '../sample-report.ts';

const FINDING: Finding = {
  culprit: 'mapper',
  assumption: 'state_across_lines',
  runs: ['as one process', 'in 8 splits'],
  difference: {
    onlyFirst: ['1\ta', '2\tb', '2\tb', '3\t\x1b[31m', '4\t\xc3\xa9', '5\te', '6\tf'],
    onlySecond: [],
  },
  failure: undefined,
};
const NOTHING: Verdict = { findings: [], unchecked: [], notes: [] };

function text(verdict: Verdict): string {
  return checkReport(verdict)
    .map((line) => line.text)
    .join('\n');
}

describe('the report of a check', () => {
  it('ends well with one sentence', () => {
    expect(checkReport(NOTHING)).toEqual([
      { text: 'No assumption of MapReduce is broken on this sample', tone: 'good' },
    ]);
  });

  it('shows who breaks what, the lines that differ and what to do', () => {
    expect(text({ ...NOTHING, findings: [FINDING] })).toBe(
      `Broken by the mapper: state across lines
  What the mapper writes for a line depends on other lines, but its input may be cut after any line
  as one process: 7 lines of its own, the first of them
    1\ta
    2\tb   (2 times)
    3\t?[31m
    4\té
    5\te
  in 8 splits: no line that the other has not
  Let every line stand for itself: no running numbers, no header, nothing remembered from line to line`,
    );
  });

  it('says what else the lines tell', () => {
    const difference = { onlyFirst: ['k\t0.3'], onlySecond: ['k\t0.30000000000000004'] };
    const finding = { ...FINDING, culprit: 'reducer', assumption: 'order_of_values' } as const;
    expect(text({ ...NOTHING, findings: [{ ...finding, difference }] })).toContain(
      '\n  They differ only in the last digits of decimals: sums of floating point numbers depend on their order; round what is written, or add exactly\n',
    );
  });

  it('shows how a run failed that should have succeeded', () => {
    const failure = failedReport();
    const finding = { ...FINDING, difference: undefined, failure };
    const { cause, stderr_tail: tail } = failure.failure ?? { cause: '', stderr_tail: [] };
    expect(text({ ...NOTHING, findings: [finding] })).toContain(
      [
        '  as one process: succeeds',
        `  in 8 splits: fails: ${cause}`,
        ...tail.map((line) => `    ${line}`),
        '  Let every',
      ].join('\n'),
    );
  });

  it('says what was not checked, and notes', () => {
    const unchecked = [{ culprit: 'reducer', what: 'order of values', because: 'x' }] as const;
    expect(text({ findings: [], unchecked, notes: ['y'] })).toBe(
      'Note: y\nNot checked: reducer, order of values: x\nNo assumption of MapReduce is broken on this sample',
    );
  });
});

describe('the document of a check', () => {
  const sample = { paths: ['/tmp/a'], bytes: 12, lines: 3, origins: new Map() };

  it('has the same for programs', () => {
    expect(checkDocument({ ...NOTHING, findings: [FINDING] }, sample)).toEqual({
      schema_version: 1,
      outcome: 'broken',
      sample: { files: 1, bytes: 12, lines: 3 },
      findings: [
        {
          culprit: 'mapper',
          assumption: 'state_across_lines',
          hint: null,
          runs: [
            {
              run: 'as one process',
              own_lines: 7,
              examples: [
                { line: '1\ta', times: 1 },
                { line: '2\tb', times: 2 },
                { line: '3\t\x1b[31m', times: 1 },
                { line: '4\té', times: 1 },
                { line: '5\te', times: 1 },
              ],
            },
            { run: 'in 8 splits', own_lines: 0, examples: [] },
          ],
          failure: null,
        },
      ],
      unchecked: [],
      notes: [],
    });
    expect(checkDocument(NOTHING, sample).outcome).toBe('nothing_broken');
  });
});
