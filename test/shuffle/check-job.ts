import * as fc from 'fast-check';
import { expect } from 'vitest';
import type { Combiner } from '../../src/shuffle/combiner.ts';
import type { RunRef } from '../../src/shuffle/run-unreadable-error.ts';
import {
  PLAIN_RULES,
  plainLines,
  plainPartition,
  plainRecords,
  type PlainRules,
} from './plain-shuffle.ts';
import { readPartition, writeRun } from './run-shuffle.ts';

/** The map outputs of a job, and the narrow place that they go through. */
export interface ShuffleJob {
  readonly rules: PlainRules;
  /** For each map task the outputs of its programs. */
  readonly maps: readonly (readonly Uint8Array[])[];
  readonly partitions: number;
  readonly chunkLengths: readonly number[];
  readonly maxSources: number;
  readonly sortBufferBytes: number;
  readonly bufferBytes: number;
}

export function jobOf(
  output: fc.Arbitrary<Uint8Array>,
  rules = PLAIN_RULES,
  sortBufferBytes = 16_384,
) {
  return fc.record({
    rules: fc.constant(rules),
    maps: fc.array(fc.array(output, { maxLength: 3 }), { maxLength: 5 }),
    partitions: fc.integer({ min: 1, max: 7 }),
    chunkLengths: fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(9000)), {
      minLength: 1,
      maxLength: 5,
    }),
    maxSources: fc.constantFrom(2, 3, 64),
    sortBufferBytes: fc.constant(sortBufferBytes),
    bufferBytes: fc.constantFrom(64, 4096, 1_000_000),
  });
}

/** Runs a job whose combiner, if it has one, keeps all records, and compares it with the oracle. */
export async function checkJob(
  job: ShuffleJob,
  scratch: { path: () => string; fresh: (name: string) => string },
  combiner?: Combiner,
): Promise<void> {
  const { rules, partitions, chunkLengths, sortBufferBytes } = job;
  const { sortValues } = rules;
  const shape = {
    separator: Buffer.from(rules.separator, 'latin1'),
    keyFields: rules.keyFields,
  };
  const runs: RunRef[] = [];
  for (const [mapIndex, programs] of job.maps.entries()) {
    const path = scratch.fresh('run');
    const options = { runPath: path, partitions, sortBufferBytes, shape, sortValues };
    const summary = await writeRun(
      combiner === undefined ? options : { ...options, combiner },
      programs,
      chunkLengths,
    );
    expect(summary.inputRecords).toBe(programs.flatMap((bytes) => plainRecords(bytes)).length);
    expect(summary.records).toBe(summary.inputRecords);
    if (summary.segments === 1) expect(summary.groups).toBe(distinctKeys(programs, rules));
    runs.push({ path, mapIndex, attempt: 1 });
  }
  const records = job.maps.flat().flatMap((bytes) => plainRecords(bytes, rules));
  for (let partition = 0; partition < partitions; partition++) {
    const { maxSources, bufferBytes } = job;
    const scratchDir = scratch.path();
    const lines = await readPartition({
      ...{ runs, partition, partitions, maxSources, bufferBytes, scratchDir, shape, sortValues },
    });
    const expected = plainLines(plainPartition(records, partition, partitions, rules), rules);
    expect(lines.toString('latin1')).toBe(expected.toString('latin1'));
  }
}

function distinctKeys(programs: readonly Uint8Array[], rules: PlainRules): number {
  const records = programs.flatMap((bytes) => plainRecords(bytes, rules));
  return new Set(records.map(({ key }) => key)).size;
}
