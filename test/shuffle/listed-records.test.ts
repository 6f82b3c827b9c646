import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkJob, jobOf } from './check-job.ts';
import { PLAIN_RULES, plainRecords } from './plain-shuffle.ts';
import { randomFrom } from './random-output.ts';
import { scratchDirectory } from './scratch-directory.ts';

const scratch = scratchDirectory();

/** What keys may be made of: much in common, bytes that fill up, bytes that end others' prefixes. */
const PARTS = [
  '',
  'a',
  'ab',
  '\0',
  '\0\0',
  'a\0',
  '\xff',
  'in common ',
  'x'.repeat(40),
  '01234567',
];

/**
 * Thousands of records whose keys hardly repeat, so that they are listed and sorted, not grouped: made
 * of a few parts and a number, which stands anywhere; some come again.
 */
const hardlyRepeating: fc.Arbitrary<Uint8Array> = fc
  .record({
    seed: fc.integer(),
    lines: fc.integer({ min: 1500, max: 5000 }),
    parts: fc.integer({ min: 1, max: 6 }),
    repeats: fc.constantFrom(0, 2, 10),
  })
  .map(({ seed, lines, parts, repeats }) => {
    const random = randomFrom(seed);
    const any = (): string => PARTS[random(PARTS.length)] ?? '';
    const keys: string[] = [];
    const output: string[] = [];
    for (let line = 0; line < lines; line++) {
      const again = keys.length > 0 && random(100) < repeats;
      const fresh = Array.from({ length: parts }, any).join('') + String(line) + any();
      const key = again ? (keys[random(keys.length)] ?? fresh) : fresh;
      keys.push(key);
      output.push(random(5) === 0 ? key : `${key}\t${any()}${random(3)}`);
    }
    return Buffer.from(`${output.join('\n')}\n`, 'latin1');
  });

describe('records whose keys hardly repeat', () => {
  it('are sorted by key, those with the same key as they came', async () => {
    // Small enough for a spill now and then, and large enough for the records that tell.
    const jobs = jobOf(hardlyRepeating, PLAIN_RULES, 600_000);
    await fc.assert(
      fc.asyncProperty(jobs, (job) => checkJob(job, scratch)),
      { numRuns: 8 },
    );
  });

  it('are what this test makes', () => {
    for (const output of fc.sample(hardlyRepeating, { numRuns: 5, seed: 1 })) {
      const records = plainRecords(output);
      const keys = new Set(records.map(({ key }) => key));
      expect(keys.size).toBeGreaterThan(records.length * 0.8);
    }
  });
});
