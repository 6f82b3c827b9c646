import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import {
  exitCodeCause,
  signalCause,
  timeoutCause,
} from '../../../src/runtime/programs/exit-cause.ts';

describe('an exit code in words', () => {
  it.each([
    [1, 'exit code 1'],
    [3, 'exit code 3'],
    [126, 'exit code 126: a command in it could not be executed'],
    [127, 'exit code 127: a command in it was not found'],
    [128, 'exit code 128'],
    [137, 'exit code 137: a command in it was killed by SIGKILL: often out of memory'],
    [139, 'exit code 139: a command in it was killed by SIGSEGV (segmentation fault)'],
    [
      141,
      'exit code 141: a command in it was killed by SIGPIPE (wrote into a pipe that nobody reads any more)',
    ],
    [143, 'exit code 143: a command in it was killed by SIGTERM (asked to end)'],
    [255, 'exit code 255'],
  ])('%d', (code, text) => {
    expect(exitCodeCause(code)).toEqual({ text, exit_code: code, signal: null });
  });

  it.runIf(process.platform === 'linux')('knows each signal by its number here', () => {
    for (const [name, number] of Object.entries(constants.signals)) {
      const { text } = exitCodeCause(128 + number);
      if (text.includes('killed by')) expect(text).toContain(name === 'SIGIOT' ? 'SIGABRT' : name);
    }
  });
});

describe('a signal in words', () => {
  it.each([
    ['SIGKILL', 'killed by SIGKILL: often out of memory'],
    ['SIGSEGV', 'killed by SIGSEGV (segmentation fault)'],
    ['SIGTERM', 'killed by SIGTERM (asked to end)'],
    ['SIGRTMIN', 'killed by SIGRTMIN'],
  ])('%s', (signal, text) => {
    expect(signalCause(signal)).toEqual({ text, exit_code: null, signal });
  });
});

describe('a timeout in words', () => {
  it.each([
    [600_000, '10m'],
    [7_200_000, '2h'],
    [90_000, '90s'],
    [1_500, '1.5s'],
    [50, '0.05s'],
  ])('of %d ms', (timeoutMs, duration) => {
    expect(timeoutCause(timeoutMs).text).toBe(
      `timed out: neither read, wrote nor reported for ${duration} (--task-timeout)`,
    );
  });
});
