import { findOnPath } from '../programs/executable-files.ts';
import { directStarter } from './direct-starter.ts';
import { LauncherPool } from './launcher-pool.ts';
import type { LauncherOptions } from './launcher.ts';
import type { ProgramStarter } from './program-starter.ts';

/** The best way to start programs here: launchers, already warm, where there is a bash. */
export async function openStarter({
  path,
  ...options
}: Omit<LauncherOptions, 'bash'> & { readonly path: string }): Promise<ProgramStarter> {
  const bash = await findOnPath('bash', path);
  if (bash === undefined) return directStarter;
  const launchers = new LauncherPool({ ...options, bash });
  // What keeps a launcher from starting is told by the first attempt that needs one.
  await launchers.warm().catch(() => undefined);
  return launchers;
}
