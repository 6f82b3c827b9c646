import { access, constants } from 'node:fs/promises';
import { COMPRESSIONS } from '../protocol/manager-orders.ts';
import { findOnPath } from '../runtime/programs/executable-files.ts';

/** What keeps user programs in their place on this machine (spec/safety). */
export interface SafetyLayer {
  readonly name: 'guard' | 'process_group' | 'oom_score' | 'nice' | 'peer_user';
  /** For people. */
  readonly description: string;
  readonly active: boolean;
}

/** Looks which layers there are. `peersChecked`: whether the Manager's user is looked up. */
export async function safetyLayers(peersChecked: boolean): Promise<readonly SafetyLayer[]> {
  return [
    { name: 'guard', description: 'a guard process kills what is left', active: true },
    { name: 'process_group', description: 'a process group per program', active: true },
    {
      name: 'oom_score',
      description: 'programs go first when memory is short',
      active: await isWritable('/proc/self/oom_score_adj'),
    },
    { name: 'nice', description: 'programs at nice 5', active: true },
    { name: 'peer_user', description: "the Manager's user is checked", active: peersChecked },
  ];
}

/** One sentence for the log, with what is missing. */
export function describeLayers(layers: readonly SafetyLayer[]): string {
  const on = layers.filter((layer) => layer.active).map((layer) => layer.description);
  const off = layers.filter((layer) => !layer.active).map((layer) => layer.description);
  const missing = ['a PID namespace per program', ...off];
  return `Safety layers: ${on.join(', ')}. Not active: ${missing.join(', ')}`;
}

/** Names for `register`: active layers, and decompressors that are installed. */
export async function capabilitiesOf(
  layers: readonly SafetyLayer[],
  path: string,
): Promise<readonly string[]> {
  const found = await Promise.all(
    COMPRESSIONS.map(async (name) => ((await findOnPath(name, path)) ? [name] : [])),
  );
  return [...layers.filter((layer) => layer.active).map((layer) => layer.name), ...found.flat()];
}

function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}
