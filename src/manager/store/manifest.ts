import { jobDirectory } from '../../protocol/job-layout.ts';
import type { ManifestEntry } from '../../protocol/manager-orders.ts';
import { writeFileWhole } from '../../runtime/files/write-file-whole.ts';

const ENTRIES_PER_WRITE = 500;

/**
 * Writes which run of each map the reduces merge, a JSON line each. A voided map makes another
 * version beside the first, which reduces that were told the old one may still read.
 * @returns its path
 */
export async function writeManifest(
  sharedDirectory: string,
  manifest: {
    readonly jobId: number;
    readonly version: number;
    readonly entries: readonly ManifestEntry[];
  },
  mode: number,
): Promise<string> {
  const { jobId, version, entries } = manifest;
  const suffix = version === 1 ? '' : `.${String(version)}`;
  const path = `${jobDirectory(sharedDirectory, jobId)}/manifest${suffix}`;
  await writeFileWhole(path, content(entries), mode);
  return path;
}

/** In blocks: there may be hundreds of thousands. */
function* content(entries: readonly ManifestEntry[]): Generator<string> {
  for (let from = 0; from < entries.length; from += ENTRIES_PER_WRITE) {
    const block = entries.slice(from, from + ENTRIES_PER_WRITE);
    yield block.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  }
}
