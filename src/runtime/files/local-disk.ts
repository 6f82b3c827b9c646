import { statfsSync } from 'node:fs';

/**
 * File systems of this machine's own disks and memory, by the kernel's number. Source: statfs(2).
 * Any other may be a network's or a program's, and such a call may take a second, or for ever.
 */
const LOCAL_TYPES: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0xf2f52010, // f2fs
  0x2fc12fc1, // zfs
  0x01021994, // tmpfs
  0x794c7630, // overlay
]);

/** Whether looking for a file there takes microseconds; false where that is not known. */
export function isOnLocalDisk(directory: string): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return LOCAL_TYPES.has(statfsSync(directory).type);
  } catch {
    return false;
  }
}
