import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { needsFullRun } from '../needs.ts';
import { checkJob, jobOf } from '../shuffle/check-job.ts';
import { bulkyOutput, outputWith, trickyOutput } from '../shuffle/random-output.ts';
import { scratchDirectory } from '../shuffle/scratch-directory.ts';

/** Thousands of jobs through the data plane under every combination of its rules. */

const scratch = scratchDirectory();

const jobs = fc
  .record({
    separator: fc.oneof(
      fc.constantFrom('\t', ',', '::', 'aab', 'key', '\xe2\x82\xac'),
      fc
        .array(fc.constantFrom('a', 'b', '\t', '\0', '\r', '\xff'), { minLength: 1, maxLength: 6 })
        .map((bytes) => bytes.join('')),
    ),
    keyFields: fc.integer({ min: 0, max: 3 }),
    sortValues: fc.boolean(),
  })
  .chain((rules) => {
    const outputs = fc.oneof(
      { weight: 8, arbitrary: outputWith(rules.separator) },
      { weight: 3, arbitrary: trickyOutput },
      { weight: 1, arbitrary: bulkyOutput },
    );
    return jobOf(outputs, rules);
  });

it(
  'any job equals the oracle, with and without a combiner',
  { timeout: 900_000 },
  async (context) => {
    needsFullRun(context);
    let checked = 0;
    await fc.assert(
      fc.asyncProperty(jobs, fc.boolean(), async (job, combines) => {
        const identity = { type: 'builtin', name: 'identity' } as const;
        await checkJob(job, scratch, combines ? identity : undefined);
        checked++;
      }),
      { numRuns: 3000 },
    );
    expect(checked).toBeGreaterThanOrEqual(3000);
  },
);
