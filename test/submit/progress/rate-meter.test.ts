import { describe, expect, it } from 'vitest';
import { RateMeter } from '../../../src/submit/progress/rate-meter.ts';

describe('the rate', () => {
  it('is not known before two snapshots lie apart', () => {
    const meter = new RateMeter();
    expect(meter.bytesPerSecond()).toBeUndefined();
    meter.add(100, 0);
    meter.add(200, 0);
    expect(meter.bytesPerSecond()).toBeUndefined();
  });

  it('is measured over the last ten seconds, and so is the time that remains', () => {
    const meter = new RateMeter();
    meter.add(0, 0);
    for (let second = 1; second <= 20; second += 1)
      meter.add(1_000_000 + second * 100, second * 1000);
    expect(meter.bytesPerSecond()).toBe(100);
    expect(meter.remainingMs(1_002_500)).toBe(5000);
  });

  it('starts anew when work was lost', () => {
    const meter = new RateMeter();
    meter.add(1000, 0);
    meter.add(400, 1000);
    meter.add(500, 2000);
    expect(meter.bytesPerSecond()).toBe(100);
  });

  it('promises no end while nothing moves', () => {
    const meter = new RateMeter();
    meter.add(100, 0);
    meter.add(100, 1000);
    expect(meter.remainingMs(200)).toBeUndefined();
  });
});
