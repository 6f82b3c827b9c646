import { readFile } from 'node:fs/promises';
import { execa } from 'execa';

export const REPOSITORY = new URL('../../', import.meta.url).pathname;

/** `sort` as the shuffle orders records: by the bytes of the key, stable. */
export const SORT_BY_KEY = `LC_ALL=C sort -s -t "$(printf '\\t')" -k1,1`;

/** The same with `--sort-values`: by key, then by the bytes of the value. */
export const SORT_BY_VALUE = `LC_ALL=C sort -t "$(printf '\\t')" -k1,1 -k2`;

/** The right answer of a sample, made by make-expected.sh, as latin1 text. */
export async function expectedOf(sample: string, name: string): Promise<string> {
  return await readFile(`${REPOSITORY}samples/${sample}/expected/${name}`, 'latin1');
}

/** Runs a shell command line in the samples folder and returns its exact output as latin1 text. */
export async function runShell(
  command: string,
  input: Uint8Array | string = '',
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { stdout } = await execa('bash', ['-o', 'pipefail', '-c', command], {
    cwd: `${REPOSITORY}samples`,
    input,
    env,
    encoding: 'buffer',
    stripFinalNewline: false,
  });
  return Buffer.from(stdout).toString('latin1');
}
