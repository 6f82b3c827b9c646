import { resolve } from 'node:path';
import { findOnPath, isRegularFile, mayExecute } from './executable-files.ts';
import { interpreterProblem } from './shebang.ts';

export type ResolvedProgram =
  { readonly ok: true; readonly path: string } | { readonly ok: false; readonly reason: string };

/**
 * Finds the program of a command on a Worker: in the attempt's directory first, then on PATH.
 * A `reason` means that this Worker cannot start it, which is not the program's fault; it goes on
 * from `Cannot start "…" on this Worker: `.
 * @param place.directory the attempt's working directory, with the shipped files
 * @param place.path the PATH that the program will get
 */
export async function resolveProgram(
  word: string,
  place: { readonly directory: string; readonly path: string },
): Promise<ResolvedProgram> {
  const own = resolve(place.directory, word);
  if (word.includes('/') || (await isRegularFile(own))) return checked(own, place.path);
  const found = await findOnPath(word, place.path);
  if (found === undefined) return { ok: false, reason: 'not found on its PATH' };
  return checked(found, place.path);
}

async function checked(file: string, path: string): Promise<ResolvedProgram> {
  if (!(await isRegularFile(file))) return { ok: false, reason: 'no such file' };
  if (!(await mayExecute(file))) return { ok: false, reason: 'not executable' };
  const problem = await interpreterProblem(file, path);
  return problem === undefined ? { ok: true, path: file } : { ok: false, reason: problem };
}
