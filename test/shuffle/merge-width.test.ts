import { describe, expect, it } from 'vitest';
import { mergeWidth } from '../../src/shuffle/merge-width.ts';
import type { MergeInput } from '../../src/shuffle/merge.ts';
import { OpenRuns } from '../../src/shuffle/open-runs.ts';
import { RunFile } from '../../src/shuffle/run-file.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

function inputs(count: number, length: number, largestBytes = 10): MergeInput[] {
  return Array.from({ length: count }, () => {
    const file = new RunFile('/nowhere', new OpenRuns(), (reason) => new Error(reason));
    file.largestBytes = largestBytes;
    return { file, blocks: [{ offset: 0, length, groups: 1, records: 1, crc: 0 }] };
  });
}

describe('the width of a merge', () => {
  it('is as many as there are when there is memory for a window of each', () => {
    expect(mergeWidth(inputs(1000, MIB), 256 * MIB)).toBe(1000);
  });

  it('leaves every window 16 KiB, or all of a shorter block', () => {
    expect(mergeWidth(inputs(1000, MIB), MIB)).toBe(64);
    expect(mergeWidth(inputs(1000, KIB), MIB)).toBe(1000);
    expect(mergeWidth([...inputs(1000, KIB), ...inputs(10, MIB)], MIB)).toBe(10 + 864);
  });

  it('leaves room for the largest records, but two can always be merged', () => {
    expect(mergeWidth(inputs(100, MIB, 64 * MIB), 256 * MIB)).toBe(12);
    expect(mergeWidth(inputs(100, MIB, 1024 * MIB), 256 * MIB)).toBe(2);
    expect(mergeWidth(inputs(100, MIB), 0)).toBe(2);
  });

  it('is not more than was asked for, nor than 4096', () => {
    expect(mergeWidth(inputs(100, KIB), 256 * MIB, 7)).toBe(7);
    expect(mergeWidth(inputs(5000, KIB), 256 * MIB)).toBe(4096);
  });
});
