import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../../src/worker/program/input-feed.ts';
import { ManualTimer } from './manual-timer.ts';
import { isAlive, runShell, until } from './programs.ts';

describe('the standard streams of a program', () => {
  it.each([
    ['echo x > /dev/stderr', '', '', 'x\n'],
    ['tee /dev/stderr', 'a\nb\n', 'a\nb\n', 'a\nb\n'],
    ['echo total > /dev/stdout', '', 'total\n', ''],
    ['echo one; echo total > /dev/stdout; echo two', '', 'one\ntotal\ntwo\n', ''],
    ['cat /dev/stdin', 'a\nb\n', 'a\nb\n', ''],
    ['read h; echo "head $h"; cat /dev/stdin', 'a\nb\nc\n', 'head a\nb\nc\n', ''],
    [
      `python3 -c 'print(open("/dev/stdin").read(), file=open("/dev/stdout", "w"), end="")'`,
      'a\n',
      'a\n',
      '',
    ],
    [`awk '{ print | "cat 1>&2" } END { print NR }'`, 'a\nb\n', '2\n', 'a\nb\n'],
  ])('%s', async (script, stdin, stdout, stderr) => {
    expect(await runShell(script, { stdin })).toMatchObject({
      end: { type: 'exited', exitCode: 0 },
      stdout,
      stderr,
    });
  });

  it('can be opened again when all input was written long ago', async () => {
    const { stdout } = await runShell('sleep 0.3; cat /dev/stdin', { stdin: 'late\n' });
    expect(stdout).toBe('late\n');
  });

  it('are open for a child in the background that writes after its parent has ended', async () => {
    const { end, stdout } = await runShell('(sleep 0.2; echo child) & echo parent');
    expect([end, stdout]).toEqual([{ type: 'exited', exitCode: 0 }, 'parent\nchild\n']);
  });

  it('carry any bytes, any amount and lines of any length unchanged', async () => {
    const stdin = Buffer.concat([
      randomBytes(3_000_000),
      Buffer.alloc(10_000_000, 'x'),
      Buffer.from([0x0a, 0xff, 0x00, 0x0d, 0x0a]),
      Buffer.from('no newline'),
    ]);
    const { stdout } = await runShell('cat', { stdin, encoding: 'latin1' });
    expect(Buffer.from(stdout, 'latin1').equals(stdin)).toBe(true);
  });

  it('hold the program back while its output waits to be taken', async () => {
    let waiting = 0;
    let most = 0;
    const { stdout } = await runShell('yes | head -c 3000000', {
      beforeTaking: async () => {
        most = Math.max(most, ++waiting);
        await new Promise((resolve) => setImmediate(resolve));
        waiting--;
      },
    });
    expect([stdout.length, most]).toEqual([3_000_000, 1]);
  });

  it('are nobody else’s: the program has no other descriptor of ours', async () => {
    const { stdout } = await runShell('ls -l /proc/self/fd');
    const ours = stdout.split('\n').filter((line) => line.includes('fifo-'));
    expect(ours).toHaveLength(3);
  });
});

const endless: ByteSource = () => Buffer.alloc(65_536, 'line\n');

describe('a program that does not read its input', () => {
  it('may stop early and succeed', async () => {
    const { end, stdout } = await runShell('head -n 1', { stdin: endless });
    expect([end, stdout]).toEqual([{ type: 'exited', exitCode: 0 }, 'line\n']);
  });

  it('may never begin and succeed', async () => {
    const { end, stdout } = await runShell('echo done', { stdin: endless });
    expect([end, stdout]).toEqual([{ type: 'exited', exitCode: 0 }, 'done\n']);
  });

  it('may close it and go on writing', async () => {
    const { stdout } = await runShell('exec 0<&-; sleep 0.1; echo still here', { stdin: endless });
    expect(stdout).toBe('still here\n');
  });
});

describe('the end of a program', () => {
  it.each([
    ['exit 3', { type: 'exited', exitCode: 3 }],
    ['nosuchcommand', { type: 'exited', exitCode: 127 }],
    ['kill -SEGV $$', { type: 'signalled', signal: 'SIGSEGV' }],
    ['kill -KILL $$', { type: 'signalled', signal: 'SIGKILL' }],
    ['true', { type: 'exited', exitCode: 0 }],
  ])('%s', async (script, end) => {
    expect((await runShell(script)).end).toEqual(end);
  });

  it('kills what it left in the background without its streams', async () => {
    const { stdout } = await runShell('sleep 1000 <&- >/dev/null 2>&1 & echo $!');
    await until(() => !isAlive(Number(stdout)));
  });

  it('comes by force when it is no longer wanted, for its children too', async () => {
    const abort = new AbortController();
    let pids: readonly number[] = [];
    const { end } = await runShell('sleep 1000 & echo $$ $!; sleep 1000', {
      signal: abort.signal,
      onStdout: (text) => {
        pids = text.trim().split(' ').map(Number);
        abort.abort();
      },
    });
    expect(end).toEqual({ type: 'killed' });
    expect(pids).toHaveLength(2);
    await until(() => !pids.some(isAlive));
  });

  it('is at once when it was not wanted before it began', async () => {
    const { end, stdout } = await runShell('echo x', { signal: AbortSignal.abort() });
    expect([end, stdout]).toEqual([{ type: 'killed' }, '']);
  });

  it('is an error when its input cannot be had, and never a good end of file', async () => {
    const broken = new Error('the input is broken');
    const source: ByteSource = () => {
      throw broken;
    };
    await expect(runShell('cat; echo end of file', { stdin: source })).rejects.toBe(broken);
  });

  it('is an error when nobody can take its output', async () => {
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    const beforeTaking = (): Promise<void> => Promise.reject(full);
    await expect(runShell('yes', { beforeTaking })).rejects.toBe(full);
  });
});

describe('a program that does nothing for too long', () => {
  it('is killed', async () => {
    const timer = new ManualTimer();
    let pid = 0;
    const { end } = await runShell('echo $$; sleep 1000', {
      timer,
      timeoutMs: 60_000,
      onStdout: (text) => {
        pid = Number(text);
        setImmediate(() => {
          timer.advance(60_000);
        });
      },
    });
    expect(end).toEqual({ type: 'timed_out' });
    await until(() => !isAlive(pid));
  });

  it.each([
    ['writes', 'i=0; while [ $i -lt 200 ]; do echo $i; i=$((i+1)); done'],
    ['reports', 'i=0; while [ $i -lt 200 ]; do echo $i >&2; i=$((i+1)); done'],
  ])('is left alone when it %s', async (_what, script) => {
    const timer = new ManualTimer();
    // Time runs only as the program shows signs of work, far past the timeout in all.
    const advance = (): void => {
      timer.advance(40_000);
    };
    const options = { timer, timeoutMs: 60_000, onStdout: advance, onStderr: advance };
    expect((await runShell(script, options)).end).toEqual({ type: 'exited', exitCode: 0 });
  });
});

describe('the process of a program', () => {
  it('runs in its directory, with its environment alone, and is the first to go when memory is short', async () => {
    const { stdout, directory } = await runShell(
      'pwd; cat /proc/self/oom_score_adj; tr "\\0" "\\n" < /proc/$$/environ | sort',
      { environment: { A: '1', PATH: '/usr/bin:/bin' } },
    );
    const [place, badness, ...environment] = stdout.trim().split('\n');
    expect([place, badness]).toEqual([directory, '1000']);
    expect(environment.filter((line) => !/^(?:PWD|SHLVL)=/.test(line))).toEqual([
      'A=1',
      'PATH=/usr/bin:/bin',
    ]);
  });
});
