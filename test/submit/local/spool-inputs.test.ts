import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Interrupts } from '../../../src/submit/interrupts.ts';
import { copyToFile, withSpooledInputs } from '../../../src/submit/local/spool-inputs.ts';
import { freshDirectory } from '../../runtime/programs/fresh-directory.ts';
import { type FakeClient, fakeClient } from '../fake-client.ts';

/** A client whose temporary files lie in a directory of their own. */
function place(): { directory: string; client: FakeClient; temporary: string } {
  const directory = freshDirectory();
  const temporary = join(directory, 'tmp');
  mkdirSync(temporary);
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = temporary;
  onTestFinished(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });
  expect(tmpdir()).toBe(temporary);
  return { directory, client: fakeClient(directory), temporary };
}

describe('streams among the inputs', () => {
  it('are files while the job runs, byte for byte, where TMPDIR says', async () => {
    const { directory, client, temporary } = place();
    writeFileSync(join(directory, 'plain.txt'), 'plain\n');
    execFileSync('mkfifo', ['fifo.gz'], { cwd: directory });
    const bytes = Buffer.from([0x1f, 0x8b, 0, 0xff, 0x0a, 0x0d]);
    client.input.end(bytes);
    const writer = spawn('sh', ['-c', 'printf "from a FIFO" > fifo.gz'], { cwd: directory });
    const written = once(writer, 'close');
    const given = ['-', 'plain.txt', 'fifo.gz', '/dev/null'];
    const interrupts = new Interrupts(client.signals);
    const result = await withSpooledInputs(given, client, interrupts, ({ inputs, names }) => {
      const [standard = '', plain, fifo = '', device = ''] = inputs;
      expect(plain).toBe('plain.txt');
      expect(readFileSync(standard)).toEqual(bytes);
      expect(readFileSync(fifo, 'utf8')).toBe('from a FIFO');
      expect(readFileSync(device)).toHaveLength(0);
      expect(names).toEqual(
        new Map([
          [standard, '-'],
          [fifo, 'fifo.gz'],
          [device, '/dev/null'],
        ]),
      );
      expect(dirname(dirname(standard))).toBe(temporary);
      // Nothing is guessed: a suffix would say that it is compressed.
      expect(fifo).not.toMatch(/\.gz$/);
      return Promise.resolve('done');
    });
    await written;
    expect(result).toBe('done');
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('leave nothing when the job fails', async () => {
    const { client, temporary } = place();
    client.input.end('x\n');
    const failing = withSpooledInputs(['-'], client, new Interrupts(client.signals), () =>
      Promise.reject(new Error('the job failed')),
    );
    await expect(failing).rejects.toThrow('the job failed');
    expect(readdirSync(temporary)).toEqual([]);
  });

  it.each(['-', 'fifo'])('leave nothing after Ctrl-C while %s is read', async (input) => {
    const { directory, client, temporary } = place();
    execFileSync('mkfifo', ['fifo'], { cwd: directory });
    client.input.write('x\n');
    const interrupts = new Interrupts(client.signals);
    const reading = withSpooledInputs([input], client, interrupts, () => Promise.resolve());
    const interrupted = expect(reading).rejects.toMatchObject({ exitCode: 130 });
    client.signals.emit('SIGINT');
    await interrupted;
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('that are not there need no directory', async () => {
    const { client, temporary } = place();
    const inputs = ['input.txt', '*.log'];
    await withSpooledInputs(inputs, client, new Interrupts(client.signals), (spooled) => {
      expect(spooled.inputs).toBe(inputs);
      expect(readdirSync(temporary)).toEqual([]);
      return Promise.resolve();
    });
  });

  it('are refused by the place where they would be kept when TMPDIR is wrong', async () => {
    const { client, temporary } = place();
    process.env['TMPDIR'] = `${temporary}/none`;
    const refused = withSpooledInputs(['-'], client, new Interrupts(client.signals), () =>
      Promise.resolve(),
    );
    await expect(refused).rejects.toThrow(
      `Cannot make a directory for inputs in "${temporary}/none": no such file or directory`,
    );
  });
});

describe('copying a stream', () => {
  const never = new AbortController().signal;

  it('onto a full disk names the file, and what to do', async () => {
    const source = (): Promise<Readable> => Promise.resolve(Readable.from([Buffer.from('x')]));
    await expect(copyToFile('-', source, '/dev/full', never)).rejects.toMatchObject({
      message:
        'Cannot keep input "-" in "/dev/full": no space left on device; TMPDIR names a place with more room',
      exitCode: 2,
    });
  });

  it('that fails names the stream', async () => {
    const path = join(freshDirectory(), 'x');
    const source = new Readable({
      read() {
        this.destroy(Object.assign(new Error('EIO'), { errno: -5, code: 'EIO' }));
      },
    });
    await expect(copyToFile('-', () => Promise.resolve(source), path, never)).rejects.toThrow(
      'Cannot read input "-": i/o error',
    );
  });
});
