import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import { smallJob } from './any-job.ts';
import { sharedCluster, sharedScratch } from './cluster.ts';
import { expectJob } from './expect-job.ts';

/** Some random jobs with real programs; test/full/any-bytes.test.ts has hundreds and large ones. */

const CASES = 3;

describe.each(['1M', '256M'])('with --sort-buffer %s', (buffer) => {
  const cluster = sharedCluster({ workers: [['--slots', '2', '--sort-buffer', buffer]] });
  const scratch = sharedScratch();

  it('any bytes come through as the oracle says', { timeout: 120_000 }, async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(smallJob, (job) =>
        expectJob(cluster(), join(scratch(), String((round += 1))), job),
      ),
      { numRuns: CASES, endOnFailure: true },
    );
  });
});
