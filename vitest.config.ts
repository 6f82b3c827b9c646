import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** `.ci/run` sets it to a path and sums the counts it finds there. */
const reportFile = process.env['MUSTER_TEST_REPORT'];
/** `.ci/run` runs `test/full` as a step of its own; elsewhere its tests are named as skipped. */
const fullTests = process.env['MUSTER_FULL_TESTS'];
/** What hangs is to end some day; what is slow on a busy machine is to go on. */
const LIMIT_MS = fullTests === '1' ? 180_000 : 60_000;
const readable = ['default', './test/skipped-reporter.ts'];
/** Rooms whose tests leave nothing behind in their process: many files share one, which is faster. */
const SHARING = [
  'test/{bench,inputs,protocol,shuffle}/**/*.test.ts',
  'test/manager/{journal,planner,scheduler}/**/*.test.ts',
  'test/worker/lifecycle/**/*.test.ts',
];

export default defineConfig({
  test: {
    // Tests of real daemons mostly wait: also on two cores two files run side by side.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: LIMIT_MS,
    hookTimeout: LIMIT_MS,
    reporters: reportFile === undefined ? readable : [...readable, 'json'],
    ...(reportFile === undefined ? {} : { outputFile: { json: reportFile } }),
    projects: [
      { extends: true, test: { name: 'sharing', include: SHARING, isolate: false } },
      {
        extends: true,
        test: {
          name: 'apart',
          include: ['test/**/*.test.ts'],
          exclude: [...SHARING, ...(fullTests === 'apart' ? ['test/full/**'] : [])],
        },
      },
    ],
  },
});
