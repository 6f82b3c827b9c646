import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { rulesOf } from '../../../src/protocol/job-spec.ts';
import type { Piece } from '../../../src/protocol/manager-orders.ts';
import type { ManagerReply, MapSource, TaskSource } from '../../../src/protocol/manager-replies.ts';
import { UserError } from '../../../src/runtime/user-error.ts';
import { runMapreduce } from '../../../src/submit/mapreduce-command.ts';
import { useTemporaryDirectory } from '../../manager/temporary-directory.ts';
import { type FakeClient, fakeClient } from '../fake-client.ts';
import { FakeManager } from '../fake-manager.ts';

const directory = useTemporaryDirectory();
const RULES = rulesOf({ input_directory: '', output_directory: null, mapper_executable: 'cat' });

/** What the client would find if it read the whole file `name`. */
function piece(name: string, content: string | Uint8Array, part: Partial<Piece> = {}): Piece {
  const path = `${directory()}/${name}`;
  writeFileSync(path, content);
  const { size, ino, mtimeMs } = statSync(path);
  const file = { path, start: 0, length: size, file_bytes: size, inode: ino, mtime_ms: mtimeMs };
  return { ...file, compression: null, ...part };
}

function map(pieces: readonly Piece[], failedAt: MapSource['failed_at'] = null): MapSource {
  return { kind: 'map', pieces, rules: RULES, failed_at: failedAt };
}

function answer(source: TaskSource): ManagerReply {
  const task = source.kind === 'map' ? 'map-00003' : 'reduce-00000';
  return { message_type: 'task_input', job: 'job-0007', task, source };
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly asked: unknown;
}

async function run(source: TaskSource, words: string, use?: FakeClient): Promise<Ran> {
  const manager = await FakeManager.start(() => [answer(source)]);
  const client = use ?? fakeClient(directory());
  const argv = ['input', ...words.split(' '), '--port', String(manager.address.port)];
  const code = await runMapreduce(argv, () => Promise.resolve(client));
  return {
    code,
    stdout: client.stdoutText(),
    stderr: client.stderrText(),
    asked: manager.received[0],
  };
}

/** The words of the error, and that nothing was written before it. */
async function refusal(source: TaskSource, words: string): Promise<string> {
  const client = fakeClient(directory());
  const error: unknown = await run(source, words, client).catch((reason: unknown) => reason);
  if (!(error instanceof UserError)) throw new Error('It was not refused', { cause: error });
  expect(error.exitCode).toBe(2);
  expect(client.stdoutText()).toBe('');
  return error.message;
}

describe('mapreduce input of a map', () => {
  it('writes exactly the bytes of the piece, and on stderr what they are', async () => {
    const half = piece('a.txt', 'one\ntwo\nthree', { start: 4, length: 9 });
    const { code, stdout, stderr } = await run(map([half]), '7 map-3');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'two\nthree' });
    expect(stderr).toBe(`map-00003 of job-0007: bytes 4 to 13 of "${directory()}/a.txt"\n`);
  });

  it.each([
    ['map-3', { job: null, task: 'map-3' }],
    ['7 map-00003.4', { job: '7', task: 'map-00003.4' }],
    ['job-0007 reduce-0', { job: 'job-0007', task: 'reduce-0' }],
  ])('%s asks for the right one', async (words, asked) => {
    const ran = await run(map([]), words);
    expect(ran.asked).toEqual({ message_type: 'read_input', ...asked });
    expect(ran.stderr).toBe('map-00003 of job-0007 reads nothing\n');
  });

  it('writes all pieces in order, and glues no lines together', async () => {
    const pieces = [piece('a', 'a1\na2'), piece('b', ''), piece('c', 'c1\n'), piece('d', 'd1')];
    const { stdout, stderr } = await run(map(pieces), 'map-3');
    expect(stdout).toBe('a1\na2\nc1\nd1');
    expect(stderr.split('\n')[2]).toBe(
      `map-00003 of job-0007, piece 3 of 4: bytes 0 to 3 of "${directory()}/c"`,
    );
  });

  it('names no more pieces than fit on a screen', async () => {
    const pieces = Array.from({ length: 25 }, (_, index) => piece(String(index), 'x\n'));
    const { stdout, stderr } = await run(map(pieces), 'map-3');
    expect(stdout).toHaveLength(50);
    expect(stderr.trimEnd().split('\n')).toHaveLength(11);
    expect(stderr).toContain('map-00003 of job-0007: and 15 more, in this order');
  });

  it('writes the piece that was asked for by number or by file, or at which the attempt failed', async () => {
    const pieces = [piece('a', 'a'), piece('b', 'b'), piece('c', 'c')];
    const failedAt = { path: `${directory()}/b`, start: 0, length: 1 };
    expect((await run(map(pieces), 'map-3 --piece 3')).stdout).toBe('c');
    expect((await run(map(pieces), 'map-3 --file a')).stdout).toBe('a');
    expect((await run(map(pieces), `map-3 --file ${directory()}/b`)).stdout).toBe('b');
    expect((await run(map(pieces, failedAt), 'map-3.4')).stdout).toBe('b');
    expect((await run(map(pieces, failedAt), 'map-3.4 --piece 1')).stdout).toBe('a');
  });

  it('refuses a piece that is not there', async () => {
    const pieces = [piece('a', 'a'), piece('b', 'b')];
    expect(await refusal(map(pieces), 'map-3 --piece 3')).toBe(
      'Cannot find piece 3 of map-00003: it reads 2 pieces',
    );
    expect(await refusal(map(pieces), 'map-3 --file z')).toBe(
      `Cannot find "${directory()}/z" among what map-00003 reads: "${directory()}/a" and 1 more`,
    );
  });

  it('decompresses what the job read decompressed', async () => {
    const text = 'line\n'.repeat(100_000);
    const packed = piece('a.gz', gzipSync(text), { compression: 'gzip' });
    const { stdout, stderr } = await run(map([piece('b', 'no end'), packed]), 'map-3');
    expect(stdout).toBe(`no end\n${text}`);
    expect(stderr).toContain(`piece 2 of 2: all of the decompressed "${directory()}/a.gz"`);
  });

  it('refuses a damaged file by name', async () => {
    const packed = piece('a.gz', 'no gzip at all', { compression: 'gzip' });
    expect(await refusal(map([packed]), 'map-3')).toMatch(/^Cannot decompress ".*\/a\.gz": /);
  });
});

describe('an input that is not as the job read it', () => {
  it('is refused by name before anything is written', async () => {
    const pieces = [piece('a', 'a'), piece('b', 'b')];
    writeFileSync(`${directory()}/b`, 'other');
    // Longer is no change: a file may grow, and the job did not read the rest.
    expect((await run(map(pieces), 'map-3')).stdout).toBe('a\no');
    writeFileSync(`${directory()}/b`, '');
    expect(await refusal(map(pieces), 'map-3')).toBe(
      `Input "${directory()}/b" changed since the job ran`,
    );
  });

  it('or cannot be seen from here names path, user and machine', async () => {
    const gone = { ...piece('a', 'a'), path: `${directory()}/none` };
    expect(await refusal(map([gone]), 'map-3')).toBe(
      `Cannot read "${directory()}/none": no such file or directory, as user ${userInfo().username} on ${hostname()}. Type this on a machine that sees it as the Workers do, as a user who may read it`,
    );
  });
});

describe('mapreduce input of a reduce', () => {
  function reduce(): TaskSource {
    const job = `${directory()}/jobs/job-0007`;
    return {
      kind: 'reduce',
      job_directory: job,
      manifest_path: `${job}/manifest`,
      task_index: 0,
      reduces: 1,
      rules: RULES,
    };
  }

  it('says what cannot be seen from here', async () => {
    const seen = `, as user ${userInfo().username} on ${hostname()}. Type this on`;
    expect(await refusal(reduce(), 'reduce-0')).toContain(
      `Cannot read "${directory()}/jobs/job-0007/manifest": no such file or directory${seen}`,
    );
    mkdirSync(`${directory()}/jobs/job-0007`, { recursive: true });
    writeFileSync(`${directory()}/jobs/job-0007/manifest`, '{"map_index":0,"attempt":1}\n');
    expect(await refusal(reduce(), 'reduce-0')).toContain(
      `Cannot read "${directory()}/jobs/job-0007/map/map-00000.1.run": no such file or directory${seen}`,
    );
  });

  it('takes no piece and no file', async () => {
    expect(await refusal(reduce(), 'reduce-0 --piece 1')).toBe(
      'Cannot use --piece with reduce-00000: only a map reads files',
    );
  });
});

describe('mapreduce input', () => {
  it.each([
    ['7', 'Missing a task of job "7": name one such as map-00003 or reduce-00000'],
    ['--piece 1', 'Missing a task: name one such as map-00003 or reduce-00000'],
  ])('%s lacks a task', async (words, text) => {
    expect(await refusal(map([]), words)).toBe(text);
  });

  it('ends quietly when its reader has gone', async () => {
    const client = fakeClient(directory());
    const closed = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    let blocks = 0;
    const stdout = new Writable({
      write: (_block, _encoding, done) => {
        blocks += 1;
        done(closed);
      },
    });
    stdout.on('error', () => undefined);
    const terminal = { ...client.terminal, stdout };
    const { code } = await run(map([piece('long', 'x\n'.repeat(900_000))]), 'map-3', {
      ...client,
      terminal,
    });
    expect({ code, blocks }).toEqual({ code: 0, blocks: 1 });
  });

  it('holds no more than a block for a reader that is slow, and hears Ctrl-C meanwhile', async () => {
    const client = fakeClient(directory());
    let waiting = 0;
    const stdout = new Writable({
      write: (block: Uint8Array) => {
        waiting += block.length;
        setImmediate(() => client.signals.emit('SIGINT'));
      },
    });
    const terminal = { ...client.terminal, stdout };
    const content = 'x\n'.repeat(900_000);
    const { code } = await run(map([piece('long', content)]), 'map-3', { ...client, terminal });
    expect(code).toBe(130);
    expect(waiting).toBeGreaterThan(0);
    expect(waiting).toBeLessThan(content.length / 2);
  });
});
