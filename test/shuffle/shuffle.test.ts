import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import type { Combiner } from '../../src/shuffle/combiner.ts';
import { checkJob, jobOf } from './check-job.ts';
import { bulkyOutput, trickyOutput } from './random-output.ts';
import { scratchDirectory } from './scratch-directory.ts';

const scratch = scratchDirectory();

describe('map output, merged', () => {
  it('is what a stable sort by key gives, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(jobOf(trickyOutput), (job) => checkJob(job, scratch)),
      { numRuns: 80 },
    );
  });

  it('is what a stable sort by key gives, with many spills and merge passes', async () => {
    await fc.assert(
      fc.asyncProperty(jobOf(bulkyOutput), (job) => checkJob(job, scratch)),
      { numRuns: 10 },
    );
  });

  it('is the same behind a combiner that changes nothing, built in or a program', async () => {
    const program: Combiner = {
      type: 'program',
      combine: async (_partition, input, emit) => {
        for (let chunk = input.next(); chunk !== undefined; chunk = input.next()) {
          const half = chunk.length >> 1;
          emit(chunk.slice(0, half));
          await Promise.resolve();
          emit(chunk.slice(half));
        }
      },
    };
    const jobs = jobOf(fc.oneof(trickyOutput, bulkyOutput));
    await fc.assert(
      fc.asyncProperty(jobs, async (job) => {
        await checkJob(job, scratch, program);
        await checkJob(job, scratch, { type: 'builtin', name: 'identity' });
      }),
      { numRuns: 10 },
    );
  });
});
