import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largeJob, smallJob } from '../e2e/any-job.ts';
import { Cluster, scratch } from '../e2e/cluster.ts';
import { expectJob } from '../e2e/expect-job.ts';
import { needsFullRun } from '../needs.ts';

/** Hundreds of random jobs with real programs, over real sockets, against an oracle of its own. */

const SHAPES = [
  { buffer: '1M', what: 'small', jobs: smallJob, cases: 150 },
  { buffer: '256M', what: 'small', jobs: smallJob, cases: 150 },
  { buffer: '1M', what: 'large', jobs: largeJob, cases: 20 },
  { buffer: '256M', what: 'large', jobs: largeJob, cases: 10 },
];

describe.for(SHAPES)('$cases $what jobs with --sort-buffer $buffer', ({ buffer, jobs, cases }) => {
  it('give what the oracle says', { timeout: 1_200_000 }, async (context) => {
    needsFullRun(context);
    const cluster = await Cluster.start({
      workers: [['--slots', '2', '--sort-buffer', buffer]],
    });
    const directory = await scratch();
    let round = 0;
    await fc.assert(
      fc.asyncProperty(jobs, (job) =>
        expectJob(cluster, join(directory, String((round += 1))), job),
      ),
      { numRuns: cases, endOnFailure: true },
    );
    expect(round).toBe(cases);
  });
});
