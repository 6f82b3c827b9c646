import { chmod, mkdir } from 'node:fs/promises';

/** Permission bits of what the Manager makes for itself: its user's alone, or its group's too. */
export interface StoreModes {
  readonly directory: number;
  readonly file: number;
}

export const PRIVATE_MODES: StoreModes = { directory: 0o700, file: 0o600 };
/** `--shared-group`: set-group-id, so that what Workers make belongs to the group as well. */
export const GROUP_MODES: StoreModes = { directory: 0o2770, file: 0o640 };

/**
 * Makes one directory with exactly this mode, whatever the process's umask.
 * @throws EEXIST and other system errors
 */
export async function makeDirectory(path: string, mode: number): Promise<void> {
  await mkdir(path, { mode });
  await chmod(path, mode);
}
