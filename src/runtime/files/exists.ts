import { access } from 'node:fs/promises';
import { errorCode } from '../system-error.ts';

/** Whether there is anything under that name. Throws when that cannot be told. */
export async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
