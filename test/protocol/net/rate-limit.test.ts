import { expect, test } from 'vitest';
import { RateLimit } from '../../../src/protocol/net/rate-limit.ts';

test('a few events of a peer pass per interval, and the next says how many were held back', () => {
  const limit = new RateLimit(2, 1000);
  const allowed = [0, 1, 2, 3].map((nowMs) => limit.take('127.0.0.1', nowMs).allowed);
  expect(allowed).toEqual([true, true, false, false]);
  expect(limit.take('127.0.0.1', 1000)).toEqual({ allowed: true, heldBack: 2 });
});

test('one peer does not use up the allowance of another', () => {
  const limit = new RateLimit(1, 1000);
  limit.take('10.0.0.1', 0);
  expect(limit.take('10.0.0.2', 0).allowed).toBe(true);
  expect(limit.take('10.0.0.1', 0).allowed).toBe(false);
});

test('a flood of peers forgets the oldest', () => {
  const limit = new RateLimit(1, 1000, 10);
  for (let i = 0; i < 11; i++) limit.take(String(i), 0);
  expect(limit.take('10', 0).allowed).toBe(false);
  expect(limit.take('0', 0).allowed).toBe(true);
});
