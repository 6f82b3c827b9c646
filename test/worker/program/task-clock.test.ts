import { describe, expect, it } from 'vitest';
import { TaskClock } from '../../../src/worker/program/task-clock.ts';
import { ManualTimer } from './manual-timer.ts';

function clockOf(timeoutMs: number): { timer: ManualTimer; clock: TaskClock; expired: number[] } {
  const timer = new ManualTimer();
  const expired: number[] = [];
  const clock = new TaskClock({
    timeoutMs,
    timer,
    onExpired: () => {
      expired.push(timer.nowMs());
    },
  });
  return { timer, clock, expired };
}

describe('a task clock', () => {
  it('expires once, after the whole time without a sign of work', () => {
    const { timer, expired } = clockOf(1000);
    timer.advance(999);
    expect(expired).toEqual([]);
    timer.advance(5000);
    expect(expired).toEqual([1000]);
  });

  it('counts from the last sign of work', () => {
    const { timer, clock, expired } = clockOf(1000);
    timer.advance(900);
    clock.touch();
    timer.advance(900);
    clock.touch();
    timer.advance(5000);
    expect(expired).toEqual([2800]);
  });

  it('does not count time in which the program waits for us', () => {
    const { timer, clock, expired } = clockOf(1000);
    clock.hold();
    clock.hold();
    timer.advance(10_000);
    clock.release();
    timer.advance(10_000);
    expect(expired).toEqual([]);
    clock.release();
    timer.advance(999);
    expect(expired).toEqual([]);
    timer.advance(1);
    expect(expired).toEqual([21_000]);
  });

  it('never expires when it is off or was stopped', () => {
    const off = clockOf(0);
    off.timer.advance(10_000_000);
    const stopped = clockOf(1000);
    stopped.clock.stop();
    stopped.timer.advance(10_000);
    expect([off.expired, stopped.expired]).toEqual([[], []]);
  });
});
