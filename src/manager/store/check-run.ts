import { errorText } from '../../runtime/system-error.ts';
import type { RunBlock } from '../../shuffle/run-format.ts';
import { OpenRun } from './open-run.ts';

/**
 * Reads a whole run and checks every checksum.
 * @returns what is wrong with it in words, or null when it is sound
 */
export async function checkRun(path: string): Promise<string | null> {
  try {
    return await OpenRun.reading(path, checkPartitions);
  } catch (error) {
    return errorText(error);
  }
}

async function checkPartitions(run: OpenRun): Promise<string | null> {
  for (let partition = 0; partition < run.footer.partitions; partition += 1) {
    const row = await run.row(partition);
    if (await areSound(run, row)) continue;
    return `the checksum of partition ${String(partition)} is wrong`;
  }
  return null;
}

async function areSound(run: OpenRun, row: readonly RunBlock[]): Promise<boolean> {
  for (const entry of row) {
    const blocks = run.footer.isOrdered ? await run.blockList(entry) : [entry];
    for (const block of blocks) if (!(await run.isSound(block))) return false;
  }
  return true;
}
