import { describe, expect, it } from 'vitest';
import { needsPrograms } from '../needs.ts';
import { expectedOf, runShell, SORT_BY_VALUE } from './run-shell.ts';

describe('distinct users', () => {
  it.for([
    ['every click', 'cat'],
    ['each user once per map', 'LC_ALL=C sort -u'],
  ] as const)('counts the users of a day from %s', async ([, combiner], context) => {
    needsPrograms(context, 'python3');
    const halves = ['head -n 500', 'tail -n +501'].map(
      (half) => `${half} sessions/clicks.csv | distinct-users/map.sh | ${combiner}`,
    );
    const days = await runShell(
      `{ ${halves.join('; ')}; } | ${SORT_BY_VALUE} | distinct-users/reduce.py`,
    );
    expect(days).toBe(await expectedOf('distinct-users', 'days.txt'));
  });

  it('prints nothing for nothing', async (context) => {
    needsPrograms(context, 'python3');
    expect(await runShell('distinct-users/map.sh | distinct-users/reduce.py')).toBe('');
  });
});
