import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Combiner } from '../../src/shuffle/combiner.ts';
import type { RunRef } from '../../src/shuffle/run-unreadable-error.ts';
import { plainLines, plainPartition, plainRecords } from './plain-shuffle.ts';
import { bulkyOutput, trickyOutput } from './random-output.ts';
import { readPartition, writeRun } from './run-shuffle.ts';
import { scratchDirectory } from './scratch-directory.ts';

const scratch = scratchDirectory();

interface Job {
  /** For each map task the outputs of its programs. */
  readonly maps: readonly (readonly Uint8Array[])[];
  readonly partitions: number;
  readonly chunkLengths: readonly number[];
  readonly maxSources: number;
  readonly bufferBytes: number;
}

function jobOf(output: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Job> {
  return fc.record({
    maps: fc.array(fc.array(output, { maxLength: 3 }), { maxLength: 5 }),
    partitions: fc.integer({ min: 1, max: 7 }),
    chunkLengths: fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(9000)), {
      minLength: 1,
      maxLength: 5,
    }),
    maxSources: fc.constantFrom(2, 3, 64),
    bufferBytes: fc.constantFrom(64, 4096, 1_000_000),
  });
}

async function checkJob(job: Job, combiner?: Combiner): Promise<void> {
  const runs: RunRef[] = [];
  for (const [mapIndex, programs] of job.maps.entries()) {
    const path = scratch.fresh('run');
    const { partitions, chunkLengths } = job;
    const options = { runPath: path, partitions, sortBufferBytes: 16_384 };
    const summary = await writeRun(
      combiner === undefined ? options : { ...options, combiner },
      programs,
      chunkLengths,
    );
    expect(summary.inputRecords).toBe(programs.flatMap((bytes) => plainRecords(bytes)).length);
    expect(summary.records).toBe(summary.inputRecords);
    runs.push({ path, mapIndex, attempt: 1 });
  }
  const records = job.maps.flat().flatMap((bytes) => plainRecords(bytes));
  for (let partition = 0; partition < job.partitions; partition++) {
    const { partitions, maxSources, bufferBytes } = job;
    const scratchDir = scratch.path();
    const lines = await readPartition({
      runs,
      partition,
      partitions,
      maxSources,
      bufferBytes,
      scratchDir,
    });
    const expected = plainLines(plainPartition(records, partition, partitions));
    expect(lines.equals(expected)).toBe(true);
  }
}

describe('map output, merged', () => {
  it('is what a stable sort by key gives, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(jobOf(trickyOutput), (job) => checkJob(job)),
      { numRuns: 80 },
    );
  });

  it('is what a stable sort by key gives, with many spills and merge passes', async () => {
    await fc.assert(
      fc.asyncProperty(jobOf(bulkyOutput), (job) => checkJob(job)),
      { numRuns: 10 },
    );
  });

  it('is the same behind a combiner that changes nothing, built in or a program', async () => {
    const program: Combiner = {
      type: 'program',
      combine: async (_partition, input, emit) => {
        for (let chunk = input.next(); chunk !== undefined; chunk = input.next()) {
          const half = chunk.length >> 1;
          emit(chunk.slice(0, half));
          await Promise.resolve();
          emit(chunk.slice(half));
        }
      },
    };
    const jobs = jobOf(fc.oneof(trickyOutput, bulkyOutput));
    await fc.assert(
      fc.asyncProperty(jobs, async (job) => {
        await checkJob(job, program);
        await checkJob(job, { type: 'builtin', name: 'identity' });
      }),
      { numRuns: 10 },
    );
  });
});
