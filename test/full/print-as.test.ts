import { beforeEach, describe, it } from 'vitest';
import { Cluster, scratch } from '../e2e/cluster.ts';
import { comparePrinted, PRINTED_JOBS } from '../e2e/printed-jobs.ts';
import { needsFullRun, needsPrograms } from '../needs.ts';

/** What `--print-as` prints, run by bash, gives what the job itself gives. */

beforeEach(needsFullRun);

describe.each(['sh', 'parallel'] as const)('printed as %s', (form) => {
  it.for(Object.keys(PRINTED_JOBS))('%s', async (name, context) => {
    if (form === 'parallel') needsPrograms(context, 'parallel');
    const cluster = await Cluster.start({ workers: [['--slots', '2']] });
    await comparePrinted(form, name, { cluster, directory: await scratch() });
  });
});
