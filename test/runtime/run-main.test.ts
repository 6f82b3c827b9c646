import { expect, test } from 'vitest';
import { runMain } from '../../src/runtime/run-main.ts';
import { UserError } from '../../src/runtime/user-error.ts';

async function codeOf(main: () => Promise<number>): Promise<unknown> {
  const before = process.exitCode;
  await runMain(main, () => undefined);
  const code = process.exitCode;
  process.exitCode = before;
  return code;
}

test('the code of main is the code of the process', async () => {
  expect(await codeOf(() => Promise.resolve(4))).toBe(4);
});

test('an error of the user ends with its own code', async () => {
  expect(await codeOf(() => Promise.reject(new UserError('Cannot do "x": no')))).toBe(2);
  expect(await codeOf(() => Promise.reject(new UserError('Cannot reach "x"', 3)))).toBe(3);
});

test('any other error is a bug', async () => {
  expect(await codeOf(() => Promise.reject(new TypeError('oops')))).toBe(70);
});

test('a process that ends before main has settled did not succeed', () => {
  const before = process.exitCode;
  void runMain(() => new Promise(() => undefined));
  const code = process.exitCode;
  process.exitCode = before;
  expect(code).toBe(70);
});
