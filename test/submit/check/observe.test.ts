import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../../src/submit/check/judge.ts';
import { observe } from '../../../src/submit/check/observe.ts';
import type { Subject } from '../../../src/submit/check/laboratory.ts';
import type { Lines } from '../../../src/submit/check/line-difference.ts';
import type { Verdict } from '../../../src/submit/check/verdict.ts';
import { ProgramFailure, type Programs, SimulatedLaboratory } from './simulated-laboratory.ts';
import {
  list,
  mean,
  numbered,
  RIGHT,
  sum,
  withoutHeader,
  words,
  WRONG,
} from './simulated-programs.ts';

/** Forty lines of two to four words out of eleven, each beginning with its number. */
const SAMPLE: Lines = Array.from({ length: 40 }, (_, index) =>
  [index, `w${String(index % 11)}`, `v${String((index * 7) % 5)}`, 'x'.repeat(index % 4)].join(' '),
);

async function check(
  programs: Programs,
  sample: Lines = SAMPLE,
  changes: Partial<Subject> = {},
): Promise<Verdict> {
  const laboratory = new SimulatedLaboratory(programs);
  const observed = await observe(await laboratory.subject(sample, changes), laboratory);
  if (observed.outcome === 'failed') throw new Error('The job fails by itself');
  return judge(observed.seen);
}

function findings({ findings: found }: Verdict): readonly string[] {
  return found.map(({ culprit, assumption }) => `${culprit}: ${assumption}`);
}

describe('what is right', () => {
  it.each(Object.entries(RIGHT))('passes: %s', async (_name, programs) => {
    expect(findings(await check(programs()))).toEqual([]);
  });

  it('passes on any sample', async () => {
    const line = fc.array(fc.constantFrom('a', 'b', 'cc', ''), { maxLength: 5 });
    const sample = fc.array(
      line.map((parts) => parts.join(' ')),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(sample, fc.constantFrom(...Object.values(RIGHT)), async (lines, right) => {
        expect(findings(await check(right(), lines))).toEqual([]);
      }),
    );
  });
});

describe('what is wrong', () => {
  it.each(Object.entries(WRONG))('is found, and only that: %s', async (_name, wrong) => {
    expect(findings(await check(wrong.programs()))).toEqual([wrong.finding]);
  });

  it('shows the lines that differ', async () => {
    const { findings: found } = await check({ mapper: (lines) => lines.slice(1), reducer: sum });
    expect(found[0]).toMatchObject({
      runs: ['as one process', 'in 5 splits'],
      difference: {
        onlyFirst: ['16 w5 v2 ', '24 w2 v3 ', '32 w10 v4 ', '8 w8 v1 '],
        onlySecond: [],
      },
    });
  });

  it('is found in two programs at once', async () => {
    expect(findings(await check({ mapper: numbered, reducer: list }))).toEqual([
      'mapper: state_across_lines',
      'reducer: order_of_values',
    ]);
    const programs = { mapper: withoutHeader, combiner: mean, reducer: mean };
    expect(findings(await check(programs))).toEqual([
      'mapper: state_across_lines',
      'combiner: combiner_not_associative',
    ]);
  });
});

describe('a reducer whose decimals depend on the order in their last digits', () => {
  const tenths = (lines: Lines): Lines =>
    lines.map((line, index) => `k${String(index % 2)}\t${String(line.length / 10)}`);

  it('is found, and its combiner is still looked at', async () => {
    const verdict = await check({ mapper: tenths, combiner: mean, reducer: sum }, SAMPLE);
    expect(findings(verdict)).toEqual([
      'combiner: combiner_changes_values',
      'reducer: order_of_values',
    ]);
  });
});

describe('what is not checked', () => {
  const reasons = ({ unchecked }: Verdict): readonly string[] =>
    unchecked.map(({ culprit, what, because }) => `${culprit}, ${what}: ${because}`);

  it('is nothing when the sample can show everything', async () => {
    const programs = { mapper: words, reducer: sum };
    const sample = SAMPLE.map((line, index) => `k${String(index)} ${line}`);
    expect(reasons(await check(programs, sample))).toEqual([
      'reducer, order of values: no key of the sample has two different values',
    ]);
  });

  it('is what a fault that was found hides', async () => {
    const programs = WRONG['a reducer that writes something else each time']?.programs();
    if (programs === undefined) throw new Error('There is no such program');
    const because = 'its output differs between runs anyhow';
    expect(reasons(await check({ ...programs, combiner: sum }))).toEqual([
      "combiner, whether it changes the result: the reducer's fault would show in the result too",
      `reducer, state across keys: ${because}`,
      `reducer, order of values: ${because}`,
    ]);
  });

  it('is the order that --sort-values fixes', async () => {
    const wrong = WRONG['a reducer that takes the first value'];
    if (wrong === undefined) throw new Error('There is no such program');
    const verdict = await check(wrong.programs(), SAMPLE, { sortValues: true });
    expect(findings(verdict)).toEqual([]);
    expect(reasons(verdict)).toEqual(['reducer, order of values: --sort-values fixes it']);
  });

  it('is what a sample of one line or one key cannot show', async () => {
    const one = (lines: Lines): Lines => lines.map((line) => `k\t${line}`);
    expect(reasons(await check({ mapper: one, combiner: sum, reducer: sum }, ['5']))).toEqual([
      'mapper, state across lines: the sample has no two lines',
      'combiner, whether it changes the result: no key of the sample has two values',
      'reducer, state across keys: the sample has one key only',
      'reducer, order of values: no key of the sample has two different values',
    ]);
  });
});

describe('a job that fails by itself', () => {
  it('is told as such', async () => {
    const fail = (): Lines => {
      throw new ProgramFailure();
    };
    for (const programs of [
      { mapper: fail, reducer: sum },
      { mapper: words, reducer: fail },
    ]) {
      const laboratory = new SimulatedLaboratory(programs);
      const observed = await observe(await laboratory.subject(SAMPLE), laboratory);
      expect(observed.outcome).toBe('failed');
    }
  });
});
