import * as fc from 'fast-check';
import { closeSync, mkdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FifoPool } from '../../../src/runtime/launch/fifos.ts';
import { LauncherPool } from '../../../src/runtime/launch/launcher-pool.ts';
import type { ProgramStarter } from '../../../src/runtime/launch/program-starter.ts';
import { type ProgramEnd, runProgram } from '../../../src/worker/program/run-program.ts';
import { systemTimer } from '../../../src/worker/program/system-timer.ts';
import { freshDirectory } from '../programs/fresh-directory.ts';
import { bytesOf, isAlive, until } from '../../worker/program/programs.ts';

interface LaunchBench {
  readonly directory: string;
  /** Process ids of the launchers that live. */
  readonly launchers: ReadonlySet<number>;
  readonly run: (
    words: readonly [string, ...string[]],
    options?: {
      readonly environment?: Readonly<Record<string, string>>;
      readonly directory?: string;
      /** Told of the program's process once its launcher has spoken of it. */
      readonly onAnnounced?: (processId: number) => void;
    },
  ) => Promise<{ readonly end: ProgramEnd; readonly stdout: string; readonly stderr: string }>;
}

/** One pool of launchers, which runs programs one after another, as a slot does. */
function launchBench(): LaunchBench {
  const base = freshDirectory();
  const directory = join(base, 'work');
  mkdirSync(directory);
  const fifos = new FifoPool(join(base, 'fifos'), 8);
  const launchers = new Set<number>();
  const starter = new LauncherPool({
    bash: '/bin/bash',
    fifos,
    marks: { MARK: 'x' },
    launchers: { add: (pid) => launchers.add(pid), remove: (pid) => launchers.delete(pid) },
  });
  onTestFinished(() => {
    starter.close();
  });
  const guard = { add: () => undefined, remove: () => undefined };
  return {
    directory,
    launchers,
    async run([path, ...args], options = {}) {
      const out: Buffer[] = [];
      const error: Buffer[] = [];
      const end = await runProgram(
        {
          path,
          args,
          directory: options.directory ?? directory,
          environment: options.environment ?? {},
          timeoutMs: 0,
          signal: new AbortController().signal,
          stdin: bytesOf(''),
          stdout(chunk) {
            out.push(Buffer.from(chunk));
            return undefined;
          },
          stderr: (chunk) => error.push(Buffer.from(chunk)),
        },
        { fifos, starter: announcing(starter, options.onAnnounced), guard, timer: systemTimer },
      );
      const [stdout, stderr] = [out, error].map((chunks) => Buffer.concat(chunks).toString());
      return { end, stdout: stdout ?? '', stderr: stderr ?? '' };
    },
  };
}

/** A starter that tells when a program's launcher has spoken of it. */
function announcing(
  starter: ProgramStarter,
  onAnnounced: ((processId: number) => void) | undefined,
): ProgramStarter {
  return {
    get canFeed() {
      return starter.canFeed;
    },
    async start(program, fifos) {
      const started = await starter.start(program, fifos);
      void started.announced.then(() => {
        if (started.groupId !== undefined) onAnnounced?.(started.groupId);
      });
      return started;
    },
    close() {
      starter.close();
    },
  };
}

/** Whatever a process can be given: all but NUL. */
const word = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({
      unit: fc.constantFrom("'", '"', '\\', '\n', '$', '`', '-', ' ', '!', '*', '\u0001', '\u007f'),
    }),
  )
  .map((text) => text.replaceAll('\0', ''));
const name = fc.oneof(
  fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/),
  fc.constantFrom(
    'i',
    'IFS',
    'PS4',
    'UID',
    'LC_ALL',
    'OLDPWD',
    'BASH_ENV',
    'a-b',
    'a.b',
    '1',
    'RANDOM',
    'REPLY',
    'asked',
  ),
);
const RANDOM_RUNS = 60;

describe('a launcher', () => {
  it('gives programs any words and any environment unchanged', async () => {
    const { run, launchers } = launchBench();
    // As the system has them, before any program makes something of them.
    const script = '/bin/cat /proc/$$/cmdline /proc/$$/environ; :';
    const echo = ['/bin/sh', '-c', script, 'sh'] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.array(word),
        fc.dictionary(name, word, { maxKeys: 5 }),
        async (args, extra) => {
          const environment = { ...extra };
          for (const own of ['PWD', 'SHLVL', '_']) delete environment[own];
          const { stdout } = await run([...echo, ...args], { environment });
          const found = stdout.split('\0').slice(echo.length, -1);
          const variables = Object.entries(environment).map((entry) => entry.join('='));
          expect(found.slice(0, args.length)).toEqual(args);
          const others = found.slice(args.length).filter((text) => !/^(?:PWD|SHLVL)=/.test(text));
          expect(others.toSorted()).toEqual(variables.toSorted());
        },
      ),
      { numRuns: RANDOM_RUNS },
    );
    expect(launchers.size).toBe(1);
  });

  it('forgets the variables of the program before', async () => {
    const { run } = launchBench();
    await run(['/bin/true'], { environment: { A: '1', B: '2' } });
    const { stdout } = await run(['/usr/bin/env'], { environment: { B: '3' } });
    expect(stdout.split('\n').filter((line) => /^[AB]=/.test(line))).toEqual(['B=3']);
  });

  it.each([
    ['exit 137', { type: 'exited', exitCode: 137 }],
    ['exit 143', { type: 'exited', exitCode: 143 }],
    ['exit 255', { type: 'exited', exitCode: 255 }],
    ...['HUP', 'INT', 'QUIT', 'KILL', 'PIPE', 'TERM', 'SEGV', 'USR1'].map(
      (signal) => [`kill -${signal} $$`, { type: 'signalled', signal: `SIG${signal}` }] as const,
    ),
  ] as const)('tells %s from other ends', async (script, end) => {
    const { run } = launchBench();
    expect((await run(['/bin/sh', '-c', script])).end).toEqual(end);
    expect((await run(['/bin/true'])).end).toEqual({ type: 'exited', exitCode: 0 });
  });

  it('waits for a program that is stopped for a while', async () => {
    const { run } = launchBench();
    const script = '(sleep 0.2; kill -CONT $$) & kill -STOP $$; exit 3';
    expect((await run(['/bin/sh', '-c', script])).end).toEqual({ type: 'exited', exitCode: 3 });
  });

  it('runs a file that is no program as a shell says', async () => {
    const { run, directory } = launchBench();
    const file = join(directory, 'program');
    writeFileSync(file, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0]), { mode: 0o755 });
    const { end, stderr } = await run([file]);
    expect([end, stderr]).toEqual([
      { type: 'exited', exitCode: 126 },
      expect.stringMatching(/cannot execute binary file/),
    ]);
    expect((await run(['/nowhere/program'])).end).toEqual({ type: 'exited', exitCode: 127 });
  });

  it('says when there is no directory to run in', async () => {
    const { run } = launchBench();
    await expect(run(['/bin/true'], { directory: '/no/such/place' })).rejects.toMatchObject({
      message: 'Cannot start a process',
      code: 'ENOENT',
    });
    expect((await run(['/bin/true'])).end).toEqual({ type: 'exited', exitCode: 0 });
  });

  it('gives a program the signals that a terminal’s shell gives', async () => {
    const { run } = launchBench();
    const { stdout } = await run(['/bin/grep', 'Sig[BI]', '/proc/self/status']);
    expect(stdout.match(/\t0+$/gm)).toHaveLength(2);
  });

  it.each([
    ['KILL', 'SIGKILL'],
    ['TERM', 'SIGTERM'],
  ])(
    'that gets SIG%s takes its program along, and another one takes its place',
    async (_name, signal) => {
      const { run, launchers } = launchBench();
      let program = 0;
      const running = run(['/bin/sleep', '1000'], {
        onAnnounced(processId) {
          program = processId;
          for (const pid of launchers) process.kill(pid, signal);
        },
      });
      await expect(running).rejects.toThrow('Cannot follow a program whose launcher was killed');
      await until(() => !isAlive(program));
      expect((await run(['/bin/true'])).end).toEqual({ type: 'exited', exitCode: 0 });
      expect(launchers.size).toBe(1);
    },
  );

  it('ends with its pool', async () => {
    const { run, launchers } = launchBench();
    await run(['/bin/true']);
    const [pid = 0] = launchers;
    expect(readFileSync(`/proc/${String(pid)}/oom_score_adj`, 'latin1')).toBe('1000\n');
    expect(isAlive(pid)).toBe(true);
  });

  it('starts one whose whole input was written before it opened its stdin', async () => {
    const base = freshDirectory();
    const fifos = new FifoPool(join(base, 'fifos'), 1);
    const launchers = { add: () => undefined, remove: () => undefined };
    const starter = new LauncherPool({ bash: '/bin/bash', fifos, marks: {}, launchers });
    onTestFinished(() => {
      starter.close();
    });
    const streams = await fifos.take();
    writeSync(streams.own.stdin, 'one\ntwo\n');
    closeSync(streams.own.stdin);
    const words = { path: '/bin/sh', args: ['-c', 'cat > seen'], directory: base, environment: {} };
    const program = await starter.start(words, streams);
    expect(await program.ended).toEqual({ type: 'exited', exitCode: 0 });
    expect(readFileSync(join(base, 'seen'), 'utf8')).toBe('one\ntwo\n');
  });
});
