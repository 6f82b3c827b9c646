import { describe, expect, it } from 'vitest';
import { expectedOf, runShell } from './run-shell.ts';

describe('sessions', () => {
  it('cuts the clicks of every user where half an hour was silent', async () => {
    const sessions = await runShell(
      'LC_ALL=C sort -t , -k1,1 -k2 sessions/clicks.csv | sessions/reduce.mjs',
    );
    expect(sessions).toBe(await expectedOf('sessions', 'sessions.csv'));
  });

  it('goes on after 30 minutes, begins anew a second later and with the next user', async () => {
    const clicks = [
      'a,2026-03-01T23:45:00,/',
      'a,2026-03-02T00:15:00,/',
      'a,2026-03-02T00:45:01,/',
    ];
    const sessions = await runShell(
      'sessions/reduce.mjs',
      [...clicks, 'b,2026-03-02T00:45:01,/'].join('\n'),
    );
    expect(sessions.split('\n')).toEqual([
      'a,2026-03-01T23:45:00,2026-03-02T00:15:00,2',
      'a,2026-03-02T00:45:01,2026-03-02T00:45:01,1',
      'b,2026-03-02T00:45:01,2026-03-02T00:45:01,1',
      '',
    ]);
  });

  it('prints nothing for nothing', async () => {
    expect(await runShell('sessions/reduce.mjs')).toBe('');
  });
});
