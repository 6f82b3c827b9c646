import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Piece } from '../../../src/protocol/manager-orders.ts';
import { MapInputs } from '../../../src/manager/scheduler/map-inputs.ts';

const size = fc.maxSafeNat();
const file = fc.record({
  path: fc.constantFrom('/in/a', '/in/b'),
  file_bytes: fc.oneof(fc.nat(2), size),
  inode: fc.nat(2),
  mtime_ms: fc.constantFrom(0, 1.5, 1_795_317_970_899.25),
  compression: fc.constantFrom(null, 'gzip' as const),
});
const piece: fc.Arbitrary<Piece> = fc
  .tuple(file, size, size)
  .map(([planned, start, length]) => ({ ...planned, start, length }));
const tasks = fc.array(fc.array(piece, { maxLength: 4 }), { maxLength: 9 });

test('a task is given back as it was planned', () => {
  fc.assert(
    fc.property(tasks, (planned) => {
      const inputs = new MapInputs(planned);
      expect(inputs).toHaveLength(planned.length);
      for (const [index, pieces] of planned.entries()) {
        expect(inputs.of(index)).toEqual(pieces);
        expect(inputs.piecesOf(index)).toBe(pieces.length);
      }
    }),
  );
});

test('of a task that there is not there is nothing', () => {
  const none = new MapInputs([]);
  expect(none.of(0)).toEqual([]);
  expect(none.piecesOf(3)).toBe(0);
});
