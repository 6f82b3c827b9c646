import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import { findCause } from '../../../../src/runtime/programs/causes/explain-failure.ts';
import { exitCodeCause, signalCause } from '../../../../src/runtime/programs/exit-cause.ts';
import { LIVE_DEATHS } from './live-deaths.ts';

/** Dies in every way that needs just this, and looks whether the right row explains it. */
export async function expectExplained(needs: string): Promise<void> {
  for (const [sign, , line] of LIVE_DEATHS.filter((death) => death[1] === needs)) {
    const { end, stderr } = await die(line);
    const lines = stderr.split('\n').map((part) => part.slice(0, 400));
    const found = findCause(end, { stderr: lines, command: line, role: 'mapper' });
    expect(found?.known.sign, `${line}\n${stderr}`).toBe(sign);
  }
}

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
