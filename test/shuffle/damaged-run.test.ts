import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { PartitionMerge } from '../../src/shuffle/partition-merge.ts';
import { RunUnreadableError } from '../../src/shuffle/run-unreadable-error.ts';
import { drain, sharedArena, writeRun } from './run-shuffle.ts';
import { scratchDirectory } from './scratch-directory.ts';

const scratch = scratchDirectory();
const PARTITIONS = 2;
const HEADER_BYTES = 12;

interface Outcome {
  readonly output: Buffer;
  readonly error: unknown;
}

/** What a reader of a partition is given, and the error in place of an end. */
async function outcome(path: string, partition: number, partitions = PARTITIONS): Promise<Outcome> {
  const pieces: Buffer[] = [];
  let merge: PartitionMerge | undefined;
  try {
    merge = await PartitionMerge.open({
      runs: [{ path, mapIndex: 12, attempt: 2 }],
      partition,
      partitions,
      bufferBytes: 200,
      scratchDir: scratch.path(),
      arena: sharedArena,
    });
    const lines = merge.mergedLines();
    for (let chunk = lines.next(); chunk !== undefined; chunk = lines.next()) {
      pieces.push(Buffer.from(chunk));
    }
    return { output: Buffer.concat(pieces), error: undefined };
  } catch (error) {
    return { output: Buffer.concat(pieces), error };
  } finally {
    merge?.close();
  }
}

/** Of all partitions of a damaged run at least one must fail; the others are as they were. */
async function checkDamage(damaged: Buffer, good: readonly Buffer[]): Promise<void> {
  const path = scratch.fresh('damaged');
  writeFileSync(path, damaged);
  const errors: unknown[] = [];
  for (const [partition, expected] of good.entries()) {
    const { output, error } = await outcome(path, partition);
    if (error === undefined) {
      expect(output.equals(expected)).toBe(true);
    } else {
      errors.push(error);
      expect(output.length < expected.length || expected.length === 0).toBe(true);
    }
  }
  rmSync(path);
  expect(errors).not.toEqual([]);
  for (const error of errors) {
    expect(error).toBeInstanceOf(RunUnreadableError);
    expect(error).toMatchObject({ path, mapIndex: 12, attempt: 2 });
  }
}

describe('a damaged run', () => {
  let small: Buffer;
  let smallOutput: Buffer[];

  beforeAll(async () => {
    const path = scratch.fresh('run');
    const large = `large\t${'x'.repeat(13_000)}\n`;
    const text = `b\t1\na\t2\nb\t1\nbare\n\t\nlonger key than eight\tvalue\n${large}c\t3\nd\t3\n${large}`;
    const options = { runPath: path, partitions: PARTITIONS, sortBufferBytes: 16_384 };
    const summary = await writeRun(options, [Buffer.from(text)]);
    expect(summary.segments).toBeGreaterThan(1);
    small = readFileSync(path);
    smallOutput = [];
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const { output, error } = await outcome(path, partition);
      expect(error).toBeUndefined();
      smallOutput.push(output);
    }
  });

  it('is noticed wherever one byte has changed', async () => {
    for (let at = 0; at < small.length; at++) {
      // The long runs of the same byte need not be tried one by one.
      if (small[at] === 0x78 && at % 997 !== 0) continue;
      for (const flip of [0x01, 0x80]) {
        const damaged = Buffer.from(small);
        damaged[at] = (damaged[at] ?? 0) ^ flip;
        await checkDamage(damaged, smallOutput);
      }
    }
  });

  it('is noticed wherever it was cut short, and when something was added', async () => {
    for (let length = 0; length < small.length; length++) {
      if (small[length] === 0x78 && length % 997 !== 0) continue;
      await checkDamage(small.subarray(0, length), smallOutput);
    }
    await checkDamage(Buffer.concat([small, Buffer.of(0)]), smallOutput);
    await checkDamage(Buffer.concat([small, small]), smallOutput);
  });

  it('is noticed when a stretch of it was never written', async () => {
    for (let at = HEADER_BYTES; at + 8 <= small.length; at += 8) {
      const damaged = Buffer.from(small);
      damaged.fill(0, at, at + 8);
      if (!damaged.equals(small) && small[at] !== 0x78) await checkDamage(damaged, smallOutput);
    }
  });

  it('is noticed before the last of many chunks is handed out', async () => {
    const path = scratch.fresh('run');
    const lines = Array.from({ length: 50_000 }, (_, line) => `key-${line}\tvalue ${line}\n`).join(
      '',
    );
    await writeRun({ runPath: path, partitions: 1, sortBufferBytes: 2 ** 24 }, [
      Buffer.from(lines),
    ]);
    const whole = readFileSync(path);
    const indexBytes = 8 + 36 + 60;
    const lastByte = whole.length - indexBytes - 1;
    for (const at of [lastByte, lastByte - 1, lastByte - 5, HEADER_BYTES + 1]) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      writeFileSync(path, damaged);
      const { output, error } = await outcome(path, 0, 1);
      expect(error).toBeInstanceOf(RunUnreadableError);
      expect(output.length).toBeLessThan(lines.length);
    }
    writeFileSync(path, whole);
    expect((await outcome(path, 0, 1)).output.length).toBe(lines.length);
  });

  it.each([
    ['missing', () => undefined, 'no such file or directory'],
    ['a directory', (path: string) => mkdirSync(path), 'it is not a file'],
    ['empty', (path: string) => writeFileSync(path, ''), 'it is cut short'],
    ['something else', (path: string) => writeFileSync(path, 'x'.repeat(999)), 'begin like a run'],
  ])('is reported when it is %s', async (_, make, reason) => {
    const path = scratch.fresh('run');
    make(path);
    const { error } = await outcome(path, 0);
    expect(error).toMatchObject({ name: 'RunUnreadableError', mapIndex: 12, attempt: 2, path });
    expect(String(error)).toContain(`Cannot read map output "${path}": `);
    expect(String(error)).toContain(reason);
  });

  it('is reported when another version of Muster wrote it, or for other partitions', async () => {
    const path = scratch.fresh('run');
    const newer = Buffer.from(small);
    newer.writeUInt32LE(4, 8);
    writeFileSync(path, newer);
    expect(String((await outcome(path, 0)).error)).toContain('it has format version 4');
    writeFileSync(path, small);
    expect(String((await outcome(path, 0, 5)).error)).toContain('2 partitions instead of 5');
  });
});

it('a file that shrinks while it is read is noticed', async () => {
  const path = scratch.fresh('run');
  const lines = Array.from({ length: 50_000 }, (_, line) => `key-${line}\n`).join('');
  await writeRun({ runPath: path, partitions: 1, sortBufferBytes: 2 ** 24 }, [Buffer.from(lines)]);
  const merge = await PartitionMerge.open({
    runs: [{ path, mapIndex: 0, attempt: 1 }],
    partition: 0,
    partitions: 1,
    bufferBytes: 4096,
    scratchDir: scratch.path(),
    arena: sharedArena,
  });
  const chunks = merge.mergedLines();
  chunks.next();
  writeFileSync(path, 'gone');
  expect(() => drain(chunks)).toThrow(RunUnreadableError);
  merge.close();
});
