import { readFileSync } from 'node:fs';
import { rangesPath, runPath } from '../protocol/job-layout.ts';
import { cutsRanges } from '../protocol/job-spec.ts';
import type { ManifestEntry, NewReduceTask, RangeCut } from '../protocol/manager-orders.ts';
import { assert } from '../runtime/assert.ts';
import { type KeyRange, rangeBetween } from '../shuffle/key-range.ts';
import { PartitionMerge, type PartitionMergeOptions } from '../shuffle/partition-merge.ts';
import { recordShape } from '../shuffle/record-shape.ts';
import type { RunRef } from '../shuffle/run-unreadable-error.ts';

/** All that says what a reduce task reads: fields of its order. */
export type ReduceSource = Pick<
  NewReduceTask,
  'job_directory' | 'manifest_path' | 'task_index' | 'reduces' | 'rules'
>;

/** What a merge may use while it is open. */
export type MergeResources = Pick<
  PartitionMergeOptions,
  'bufferBytes' | 'scratchDir' | 'arena' | 'memory' | 'signal'
>;

/**
 * The runs that a reduce task merges, in map order.
 * @throws errors of the file system
 */
export function readManifest(source: ReduceSource): readonly RunRef[] {
  const lines = readFileSync(source.manifest_path, 'utf8').split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const entry = JSON.parse(line) as Partial<ManifestEntry>;
      const { map_index: mapIndex, attempt } = entry;
      assert(mapIndex !== undefined && attempt !== undefined, `manifest line ${line}`);
      return { path: runPath(source.job_directory, mapIndex, attempt), mapIndex, attempt };
    });
}

/**
 * Opens what a reduce task reads. The only way to it, for the task itself and for whoever wants to
 * see the same bytes again.
 * @throws {RunUnreadableError} and what {@link PartitionMerge.open} throws
 */
export function openReduceInput(
  source: ReduceSource,
  runs: readonly RunRef[],
  resources: MergeResources,
): Promise<PartitionMerge> {
  const share = cutsRanges(source.rules, source.reduces)
    ? { partition: 0, partitions: 1, range: readRange(source) }
    : { partition: source.task_index, partitions: source.reduces };
  const shape = recordShape(source.rules.separator, source.rules.key_fields);
  const sortValues = source.rules.sort_values;
  return PartitionMerge.open({ runs, ...share, shape, sortValues, ...resources });
}

/** The keys of a reduce task of a job with total order. */
function readRange({ job_directory: jobDirectory, task_index: index }: ReduceSource): KeyRange {
  const lines = readFileSync(rangesPath(jobDirectory), 'utf8').split('\n');
  const cuts = lines
    .filter((line) => line !== '')
    .map((line) => {
      const { from } = JSON.parse(line) as Partial<RangeCut>;
      assert(from !== undefined, `ranges line ${line}`);
      return Buffer.from(from, 'base64');
    });
  return rangeBetween(cuts, index);
}
