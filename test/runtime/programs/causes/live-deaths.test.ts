import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { findCause } from '../../../../src/runtime/programs/causes/explain-failure.ts';
import { exitCodeCause, signalCause } from '../../../../src/runtime/programs/exit-cause.ts';
import { needsFullRun, needsPrograms } from '../../../needs.ts';
import { LIVE_DEATHS } from './live-deaths.ts';

/** What programs of this machine really leave, which other versions of them may word otherwise. */

/** Shells are quick; interpreters and compilers take seconds together. */
const QUICK = ['', 'bash', 'dash'];
const NEEDS = [...new Set(LIVE_DEATHS.map(([, needs]) => needs))];

describe.concurrent('what dies here is explained', () => {
  it.for(NEEDS)('with bash %s', { timeout: 120_000 }, async (needs, context) => {
    if (!QUICK.includes(needs)) needsFullRun(context);
    needsPrograms(context, 'bash', ...needs.split(' ').filter((name) => name !== ''));
    for (const [sign, , line] of LIVE_DEATHS.filter((death) => death[1] === needs)) {
      const { end, stderr } = await die(line);
      const lines = stderr.split('\n').map((part) => part.slice(0, 400));
      const found = findCause(end, { stderr: lines, command: line, role: 'mapper' });
      expect(found?.known.sign, `${line}\n${stderr}`).toBe(sign);
    }
  });
});

async function die(line: string) {
  const directory = await mkdtemp(join(tmpdir(), 'muster-test-'));
  try {
    const program = spawn('bash', ['-c', line], {
      cwd: directory,
      env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [stderr, [code, signal]] = await Promise.all([
      text(program.stderr),
      once(program, 'exit') as Promise<[number, null] | [null, string]>,
    ]);
    return { stderr, end: code === null ? signalCause(signal) : exitCodeCause(code) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
