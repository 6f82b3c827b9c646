import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { patientGuardLine } from '../../../src/worker/program/patient-guard-line.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('tells a guard of groups that last, and of the end of those alone', () => {
  const told: string[] = [];
  const line = patientGuardLine({
    add: (group) => told.push(`+${String(group)}`),
    remove: (group) => told.push(`-${String(group)}`),
  });
  line.add(1);
  line.add(2);
  line.remove(1);
  vi.runAllTimers();
  line.remove(2);
  vi.runAllTimers();
  expect(told).toEqual(['+2', '-2']);
});
