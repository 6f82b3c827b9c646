import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** `.ci/run` sets it to a path and sums the counts it finds there. */
const reportFile = process.env['MUSTER_TEST_REPORT'];
/** `.ci/run` runs `test/full` as a step of its own; elsewhere its tests are named as skipped. */
const fullTestsApart = process.env['MUSTER_FULL_TESTS'] === 'apart';
const readable = ['default', './test/skipped-reporter.ts'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: fullTestsApart ? ['test/full/**'] : [],
    // Tests of real daemons mostly wait: also on two cores two files run side by side.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: reportFile === undefined ? readable : [...readable, 'json'],
    ...(reportFile === undefined ? {} : { outputFile: { json: reportFile } }),
  },
});
