import { describe, it } from 'vitest';
import { needsFullRun, needsPrograms } from '../needs.ts';
import { expectExplained } from '../runtime/programs/causes/die-here.ts';

/** What interpreters of this machine say; other versions of them may word it otherwise. */
describe('what dies here is explained', () => {
  it.for(['python3', 'node', 'perl', 'awk', 'mawk'])(
    '%s',
    { timeout: 120_000 },
    async (name, context) => {
      needsFullRun(context);
      needsPrograms(context, 'bash', name);
      await expectExplained(name);
    },
  );
});
