import { expect, it } from 'vitest';
import { BUILTIN_NAMES as COMMAND_NAMES } from '../../../src/runtime/programs/command-words.ts';
import { BUILTIN_NAMES, isBuiltin } from '../../../src/shuffle/folds/builtins.ts';

it('knows built-ins by their bare name only', () => {
  expect(isBuiltin('sum')).toBe(true);
  expect(isBuiltin('./sum')).toBe(false);
  expect(isBuiltin('toString')).toBe(false);
});

it('has a fold for every name that a command may be, and no other', () => {
  expect(BUILTIN_NAMES).toEqual(COMMAND_NAMES);
});
