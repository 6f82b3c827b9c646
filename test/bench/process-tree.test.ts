import { describe, expect, it } from 'vitest';
import { parseStat, treePeakBytes } from '../../bench/process-tree.ts';

describe('a line of /proc/PID/stat', () => {
  it('is read behind a name with parentheses and spaces', () => {
    const before = 'S 77 78 78 0 -1 4194304 1 2 3 4';
    const found = parseStat(`4711 (a ) b (c) ${before} 100 20 3 4 39 19 12 0 5 6\n`);
    expect(found).toEqual({ pid: 4711, parent: 77, ticks: 127 });
  });
});

describe('the peak of a process tree', () => {
  it.skipIf(process.platform !== 'linux')('is at least what this process has now', () => {
    // Half of it, as pages may have gone meanwhile.
    expect(treePeakBytes(process.pid)).toBeGreaterThan(process.memoryUsage.rss() / 2);
  });
});
