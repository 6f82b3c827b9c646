import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findOnPath } from './executable-files.ts';

/** What is known of a line for a shell before it runs. */
export type ShellCheck =
  | { readonly type: 'fine' }
  | { readonly type: 'no_bash' }
  | { readonly type: 'wrong'; readonly reason: string };

const BASH_ERROR_CODE = 2;
/** bash reads no more than a line of 64 KiB here: it needs milliseconds. */
const CHECK_TIMEOUT_MS = 10_000;

/**
 * Lets bash read a line without running any of it. Extended patterns are taken for granted, because
 * a line may switch them on itself.
 * @param path PATH to look bash up in
 */
export async function checkShellLine(line: string, path: string): Promise<ShellCheck> {
  const bash = await findOnPath('bash', path);
  if (bash === undefined) return { type: 'no_bash' };
  try {
    await promisify(execFile)(bash, ['-n', '-O', 'extglob', '-c', '--', line], {
      env: { PATH: path },
      timeout: CHECK_TIMEOUT_MS,
    });
    return { type: 'fine' };
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: unknown };
    if (code !== BASH_ERROR_CODE || typeof stderr !== 'string') return { type: 'fine' };
    return { type: 'wrong', reason: complaint(stderr) };
  }
}

/** The first thing bash says, without its own name: ``line 1: syntax error near … `fi'``. */
function complaint(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.replace(/^.*?bash: (?:-c: )?/, ''));
  return lines.find((line) => line.includes('error')) ?? lines[0] ?? 'bash cannot read it';
}
