import { readFile } from 'node:fs/promises';

/** Reads the kernel's list of mounts of this process; tests bring their own. */
export type ReadMounts = () => Promise<string>;

const readOwnMounts: ReadMounts = () => readFile('/proc/self/mountinfo', 'utf8');

/**
 * Whether something is mounted on this directory, bind mounts of the same disk included, which
 * device numbers do not show. Such a directory cannot be replaced by a rename.
 * @param path absolute, symlinks resolved
 */
export async function isMountPoint(
  path: string,
  readMounts: ReadMounts = readOwnMounts,
): Promise<boolean> {
  const text = await readMounts().catch(() => '');
  return text.split('\n').some((line) => unescapeMount(line.split(' ')[4] ?? '') === path);
}

/** Blanks, tabs, newlines and backslashes stand as `\040` and so on (proc_pid_mountinfo(5)). */
function unescapeMount(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_match, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
