import type { InputFile } from '../../inputs/list-inputs.ts';
import type { SamplePlan } from '../../protocol/job-report.ts';
import type { Piece } from '../../protocol/manager-orders.ts';
import { freeBytes } from '../../runtime/files/free-space.ts';
import { describeSize } from '../../runtime/sizes.ts';
import { errorText } from '../../runtime/system-error.ts';
import { alignedRanges } from './align.ts';
import { JobRefused } from './job-refused.ts';
import { sampleSplitBytes, sampleTasks } from './sample-tasks.ts';
import { TaskPacker } from './splits.ts';

/** A plan and its tasks are kept in memory. */
const MAPS_MAX = 250_000;

export interface PlannedMaps {
  /** What each map task reads, in input order. */
  readonly maps: readonly (readonly Piece[])[];
  readonly splitBytes: number;
  /** The whole job, where these maps are a sample of it. */
  readonly sample: SamplePlan | null;
}

/**
 * Cuts inputs into map tasks, or only a sample of them.
 * @throws JobRefused
 */
export async function planMaps(
  files: readonly InputFile[],
  splitBytes: number,
  job: {
    /** Of all files. */
    readonly inputBytes: number;
    /** To plan a sample of the job; undefined for the whole. */
    readonly percent: number | undefined;
    readonly slots: number;
    readonly sharedDirectory: string;
  },
): Promise<PlannedMaps> {
  const whole = await cutInputs(files, splitBytes);
  const { inputBytes, percent, slots, sharedDirectory } = job;
  if (percent === undefined) return { maps: whole, splitBytes, sample: null };
  const finer = sampleSplitBytes(splitBytes, { inputBytes, percent, slots });
  return {
    maps: sampleTasks(await cutInputs(files, finer), percent),
    splitBytes: finer,
    sample: {
      percent,
      maps: whole.length,
      input_bytes: inputBytes,
      slots,
      free_bytes: await freeBytes(sharedDirectory).catch(() => null),
    },
  };
}

async function cutInputs(
  files: readonly InputFile[],
  splitBytes: number,
): Promise<PlannedMaps['maps']> {
  const packer = new TaskPacker(splitBytes);
  for (const file of files) {
    try {
      await planFile(file, splitBytes, packer);
    } catch (error) {
      if (error instanceof JobRefused) throw error;
      throw new JobRefused(`Cannot read input "${file.path}": ${errorText(error)}`, {
        cause: error,
      });
    }
  }
  return packer.finish();
}

async function planFile(file: InputFile, splitBytes: number, packer: TaskPacker): Promise<void> {
  const { path, bytes, inode, mtimeMs, compression } = file;
  // Nobody can begin in the middle of a compressed file.
  const pieceBytes = compression === null ? splitBytes : Infinity;
  for await (const { start, length } of alignedRanges(path, bytes, pieceBytes)) {
    packer.add({
      path,
      start,
      length,
      file_bytes: bytes,
      inode,
      mtime_ms: mtimeMs,
      compression,
    });
    if (packer.tasks <= MAPS_MAX) continue;
    throw new JobRefused(
      `Cannot plan more than ${String(MAPS_MAX)} map tasks: splits of ${describeSize(splitBytes)} are too small for this input`,
    );
  }
}
