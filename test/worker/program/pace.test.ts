import { expect, it } from 'vitest';
import { Pace } from '../../../src/worker/program/pace.ts';

const HALF_PIPE_BYTES = 32_768;

/** A program that moves so many bytes a millisecond, and what a slot rests for it. */
function programOf(bytesPerMs: number): {
  readonly pace: Pace;
  readonly rests: number[];
  run(times: number, ms: number): void;
  slowDownTo(bytesPerMs: number): void;
} {
  let nowMs = 1000;
  let rate = bytesPerMs;
  const rests: number[] = [];
  const pace = new Pace({
    nowMs: () => nowMs,
    rest: (ms) => {
      rests.push(ms);
      nowMs += ms;
      pace.moved(rate * ms);
    },
  });
  return {
    pace,
    rests,
    run(times, ms) {
      for (let time = 0; time < times; time += 1) {
        nowMs += ms;
        pace.moved(rate * ms);
        pace.rest();
      }
    },
    slowDownTo(next) {
      rate = next;
    },
  };
}

it('rests as long as a program needs for half a pipe', () => {
  const program = programOf(50_000);
  program.run(1000, 0.04);
  expect(program.rests.at(-1)).toBeCloseTo(HALF_PIPE_BYTES / 50_000, 2);
});

it('rests a millisecond at most, for what else there is to do', () => {
  const program = programOf(20_000);
  program.run(1000, 0.2);
  expect(program.rests.at(-1)).toBe(1);
});

it('does not rest for a short program', () => {
  const program = programOf(50_000);
  program.run(10, 1);
  expect(program.rests).toEqual([]);
});

it('does not rest for a slow program, which gets no further meanwhile', () => {
  const program = programOf(1000);
  program.run(5000, 4);
  expect(program.rests).toEqual([]);
});

it('does not rest for a fast program, which would wait for this thread', () => {
  const program = programOf(100_000);
  program.run(1000, 0.04);
  expect(program.rests).toEqual([]);
});

it('soon stops resting for a program that stops', () => {
  const program = programOf(50_000);
  program.run(1000, 0.04);
  program.slowDownTo(0);
  const before = program.rests.length;
  program.run(100, 0);
  expect(program.rests.length - before).toBeLessThan(20);
  expect(program.pace.rest()).toBe(false);
});
