import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LargestGroups } from '../../src/shuffle/largest-groups.ts';

describe('the largest groups', () => {
  it('are the three with most records, ties by key, in whatever order they come', () => {
    const group = fc.record({ key: fc.string({ maxLength: 3 }), records: fc.nat(20) });
    const groups = fc.uniqueArray(group, { selector: ({ key }) => key });
    fc.assert(
      fc.property(groups, (all) => {
        const sorted = all.toSorted((a, b) =>
          Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)),
        );
        const largest = new LargestGroups();
        for (const { key, records } of sorted) {
          largest.note(Buffer.from(key), Buffer.byteLength(key), records);
        }
        const expected = sorted.filter(({ records }) => records > 0);
        const best = expected.toSorted((a, b) => b.records - a.records).slice(0, 3);
        expect(largest.sizes()).toEqual(
          best.map(({ key, records }) => ({ key: JSON.stringify(key), records })),
        );
      }),
    );
  });

  it('show the beginning of a long key and how long it is', () => {
    const largest = new LargestGroups();
    largest.note(Buffer.alloc(1000, 'x'), 1000, 5);
    expect(largest.sizes()).toEqual([{ key: `"${'x'.repeat(60)}"… (1000 bytes)`, records: 5 }]);
  });
});
