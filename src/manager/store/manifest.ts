import { jobDirectory } from '../../protocol/job-layout.ts';
import type { ManifestEntry } from '../../protocol/manager-orders.ts';
import { writeFileWhole } from '../../runtime/files/write-file-whole.ts';

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
  const content = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  await writeFileWhole(path, content, mode);
  return path;
}
