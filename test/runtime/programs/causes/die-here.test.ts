import { describe, it } from 'vitest';
import { needsPrograms } from '../../../needs.ts';
import { expectExplained } from './die-here.ts';

/** Interpreters take longer: see test/full. */
describe('what dies in a shell of this machine is explained', () => {
  it.for(['', 'bash', 'dash'])('with bash %s', async (needs, context) => {
    needsPrograms(context, 'bash', ...(needs === '' ? [] : [needs]));
    await expectExplained(needs);
  });
});
