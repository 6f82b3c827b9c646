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
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: reportFile === undefined ? readable : [...readable, 'json'],
    ...(reportFile === undefined ? {} : { outputFile: { json: reportFile } }),
  },
});
