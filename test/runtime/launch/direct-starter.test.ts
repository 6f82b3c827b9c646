import { describe, expect, it } from 'vitest';
import { directStarter } from '../../../src/runtime/launch/direct-starter.ts';
import { runShell, type ShellOptions } from '../../worker/program/programs.ts';

const openStarter: ShellOptions['openStarter'] = () => Promise.resolve(directStarter);

/** Where there is no bash for launchers, programs must not see a difference. */
describe('a program that is started without a launcher', () => {
  it('has standard streams that can be opened again', async () => {
    const script = 'tee /dev/stderr; echo done > /dev/stdout; cat /dev/stdin';
    const { end, stdout, stderr } = await runShell(script, { stdin: 'a\n', openStarter });
    expect([end, stdout, stderr]).toEqual([{ type: 'exited', exitCode: 0 }, 'a\ndone\n', 'a\n']);
  });

  it('is the first to go when memory is short, and leads a group of its own', async () => {
    const script = 'cat /proc/self/oom_score_adj; [ "$(ps -o pgid= -p $$)" -eq $$ ] && echo leads';
    const { stdout } = await runShell(script, { openStarter });
    expect(stdout).toBe('1000\nleads\n');
  });

  it.each([
    ['exit 137', { type: 'exited', exitCode: 137 }],
    ['kill -KILL $$', { type: 'signalled', signal: 'SIGKILL' }],
  ])('is known to have ended by %s', async (script, end) => {
    expect((await runShell(script, { openStarter })).end).toEqual(end);
  });

  it('is killed with its children when it is no longer wanted', async () => {
    const abort = new AbortController();
    const { end } = await runShell('sleep 1000 & echo started; wait', {
      openStarter,
      signal: abort.signal,
      onStdout: () => {
        abort.abort();
      },
    });
    expect(end).toEqual({ type: 'killed' });
  });
});
