import { cpus, release, totalmem } from 'node:os';
import { versionOf } from './detect.ts';

/** Where figures come from: they mean little without it. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  readonly system: string;
  /** What each program says of itself; absent ones are left out. */
  readonly versions: Readonly<Record<string, string>>;
}

const PROGRAMS: readonly (readonly [string, string])[] = [
  ['mawk', '-Wversion'],
  ['gawk', '--version'],
  ['sort', '--version'],
  ['parallel', '--version'],
  ['xargs', '--version'],
  ['grep', '--version'],
];

export function thisMachine(): Machine {
  const found = PROGRAMS.map(([program, flag]) => [program, versionOf(program, flag)] as const);
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    system: `Linux ${release()}`,
    versions: {
      node: process.version,
      ...Object.fromEntries(found.filter(([, version]) => version !== undefined)),
    },
  };
}
