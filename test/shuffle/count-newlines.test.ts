import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { countNewlines } from '../../src/shuffle/count-newlines.ts';

it('all newlines are counted, wherever they are and however many', () => {
  const lengths = fc.oneof(fc.nat(600), fc.integer({ min: 500, max: 140_000 }));
  const job = fc.record({
    length: lengths,
    every: fc.integer({ min: 1, max: 40 }),
    from: fc.nat(20),
  });
  fc.assert(
    fc.property(job, ({ length, every, from }) => {
      const memory = Buffer.alloc(from + length + 40, '\n');
      const bytes = memory.subarray(from, from + length);
      for (let at = 0; at < length; at++) if (at % every !== 0) bytes[at] = 11;
      expect(countNewlines(bytes)).toBe(Math.ceil(length / every));
    }),
  );
});
