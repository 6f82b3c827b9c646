import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import type { Client } from '../../src/submit/client.ts';
import { systemClock, type Clock } from '../../src/runtime/clock.ts';

/** A client's process without a process: what it writes is kept, signals are called. */
export interface FakeClient extends Client {
  readonly signals: EventEmitter;
  /** What can be read from its stdin. */
  readonly input: PassThrough;
  stdoutText(): string;
  stderrText(): string;
}

export function fakeClient(directory: string, clock: Clock = systemClock): FakeClient {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const input = new PassThrough();
  const texts = { stdout: '', stderr: '' };
  stdout.on('data', (chunk: Buffer) => (texts.stdout += chunk.toString()));
  stderr.on('data', (chunk: Buffer) => (texts.stderr += chunk.toString()));
  const environment = { PATH: process.env['PATH'], GREETING: 'hello' };
  return {
    input,
    stdin: () => input,
    terminal: { stdout, stderr, environment },
    environment,
    clock,
    signals: new EventEmitter(),
    directory,
    umask: 0o022,
    stdoutText: () => texts.stdout,
    stderrText: () => texts.stderr,
  };
}
