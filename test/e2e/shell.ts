import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The independent oracle: what a shell pipeline makes of the same programs. */

/** `cat inputs | mapper | LC_ALL=C sort -s -t TAB -k1,1 | reducer`, as bytes in latin1. */
export function pipeline(
  inputs: readonly string[],
  mapper: string,
  reducer: string,
  cwd?: string,
): string {
  const sort = `LC_ALL=C sort -s -t '\t' -k1,1`;
  const quoted = inputs.map((path) => `'${path}'`).join(' ');
  // The last `cat` gives the reducer a pipe: what Node offers is a socket.
  return shell(`cat ${quoted} | ${mapper} | ${sort} | ${reducer} | cat`, cwd);
}

/** Runs one line of bash and gives its stdout in latin1. */
export function shell(line: string, cwd?: string): string {
  return execFileSync('bash', ['-o', 'pipefail', '-c', line], {
    cwd,
    encoding: 'latin1',
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** All parts of an output directory, concatenated by name, in latin1. */
export function parts(directory: string): string {
  return partNames(directory)
    .map((name) => readFileSync(join(directory, name), 'latin1'))
    .join('');
}

function partNames(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.startsWith('part-'))
    .toSorted();
}

/** Lines in byte order: equal for outputs that differ only in how keys met partitions. */
export function sortedLines(text: string): string[] {
  return text.split('\n').toSorted();
}
