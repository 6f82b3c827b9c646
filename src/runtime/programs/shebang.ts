import { closeSync, openSync, readSync } from 'node:fs';
import { findOnPath, isExecutableFile } from './executable-files.ts';

/** What Linux reads of a first line (BINPRM_BUF_SIZE). */
const SHEBANG_BYTES_MAX = 256;

/**
 * Why the interpreter that a script's first line names cannot run it, or undefined when it can or
 * when there is no such line. Follows `/usr/bin/env NAME` to the program on `path`.
 */
export async function interpreterProblem(file: string, path: string): Promise<string | undefined> {
  const line = firstLine(file);
  if (!line?.startsWith('#!')) return undefined;
  if (line.endsWith('\r')) {
    return `its first line ends in a carriage return (\\r): save it with Unix line ends, as by: sed -i 's/\\r$//'`;
  }
  const [interpreter, ...others] = line
    .slice(2)
    .trim()
    .split(/[ \t]+/);
  if (interpreter === undefined || interpreter === '') return 'its first line names no interpreter';
  if (!(await isExecutableFile(interpreter)))
    return `its first line names an interpreter that is not there: "${interpreter}"`;
  const wanted = /(^|\/)env$/.test(interpreter) ? envProgram(others) : undefined;
  if (wanted === undefined || wanted.includes('/')) return undefined;
  return (await findOnPath(wanted, path)) === undefined
    ? `its first line wants "${wanted}", which is not on the PATH`
    : undefined;
}

/** The program that `env` runs: its first argument that is neither an option nor `NAME=value`. */
function envProgram(words: readonly string[]): string | undefined {
  return words.find((word) => !word.startsWith('-') && !word.includes('='));
}

/** Undefined for a file that may be executed and not read: then there is nothing to check. */
function firstLine(file: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return undefined;
  }
  try {
    const buffer = Buffer.alloc(SHEBANG_BYTES_MAX);
    const bytes = readSync(descriptor, buffer);
    return buffer.toString('latin1', 0, bytes).split('\n', 1)[0];
  } finally {
    closeSync(descriptor);
  }
}
