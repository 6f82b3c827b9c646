import { spawnSync } from 'node:child_process';

const PYTHON_MODULE = 'python3:';

/**
 * Why something cannot be run here: the first of the programs, or Python modules
 * (`python3:NAME`), that is missing. Undefined if all are there.
 */
export function missing(needs: readonly string[]): string | undefined {
  const absent = needs.find((need) => !isPresent(need));
  return absent === undefined ? undefined : `${absent.replace(PYTHON_MODULE, '')} is not installed`;
}

/** First line of what a program says of its version; undefined if it is not there. */
export function versionOf(program: string, ...flags: readonly string[]): string | undefined {
  const { stdout, stderr, error } = spawnSync(program, flags, { encoding: 'utf8' });
  if (error) return undefined;
  return `${stdout}${stderr}`.split('\n', 1)[0];
}

function isPresent(need: string): boolean {
  const line = need.startsWith(PYTHON_MODULE)
    ? `python3 -c 'import ${need.slice(PYTHON_MODULE.length)}'`
    : `command -v ${need}`;
  return spawnSync('bash', ['-c', line], { stdio: 'ignore' }).status === 0;
}
