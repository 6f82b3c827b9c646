import { expect, test } from 'vitest';
import { nearestName } from '../../src/protocol/nearest-name.ts';

const NAMES = ['new_manager_job', 'watch_job', 'list_jobs', 'list_workers', 'shutdown'];

test.each([
  ['new_manger_job', 'new_manager_job'],
  ['shutdwon', 'shutdown'],
  ['SHUTDOWN', 'shutdown'],
  ['list_job', 'list_jobs'],
  ['list_worker', 'list_workers'],
])('%s was meant to be %s', (name, meant) => {
  expect(nearestName(name, NAMES)).toBe(meant);
});

test.each(['', 'x', 'hello', 'constructor', 'x'.repeat(100_000)])(
  '%.20s is near to none',
  (name) => {
    expect(nearestName(name, NAMES)).toBeUndefined();
  },
);
