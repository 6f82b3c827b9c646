import { printable } from './printable.ts';

/** Where a job's result goes, for people. */
export function resultPlace(resultOnStdout: boolean, directory: string): string {
  return resultOnStdout ? 'standard output' : printable(directory);
}
