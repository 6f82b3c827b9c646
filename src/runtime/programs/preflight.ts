import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ShippedFile } from '../../protocol/job-spec.ts';
import { builtinHint } from './builtin-hint.ts';
import { formatCommand } from './command-words.ts';
import { findOnPath, isRegularFile, mayExecute } from './executable-files.ts';
import type { Command } from './read-command.ts';
import { interpreterProblem } from './shebang.ts';
import { checkShellLine } from './shell-line.ts';
import { shippedPath } from './shipped-path.ts';

export interface ProgramCheck {
  readonly command: Command;
  /** Where the submitter's files are. */
  readonly directory: string;
  /** What travels with the job, with the submitter's copy. */
  readonly files: readonly (Pick<ShippedFile, 'path'> & { readonly source: string })[];
  /** PATH to look bare words and interpreters up in. */
  readonly path: string;
  /** The programs run on this machine: what is not here is nowhere. */
  readonly runsHere?: boolean;
}

/** An error refuses the job; a warning is shown and the job goes on. */
export interface ProgramCheckResult {
  readonly error?: string;
  readonly warning?: string;
}

/**
 * Whether a command's program can be started, as far as that is known before any Worker sees it.
 * The texts go on from `Cannot use mapper: `.
 */
export async function checkProgram(check: ProgramCheck): Promise<ProgramCheckResult> {
  const { command } = check;
  switch (command.type) {
    case 'builtin':
      return {};
    case 'program':
      return checkWords(command.words, check);
    case 'shell':
      return checkLine(command.line, check);
    default:
      return command satisfies never;
  }
}

async function checkWords(
  words: readonly [string, ...string[]],
  check: ProgramCheck,
): Promise<ProgramCheckResult> {
  const [word] = words;
  const path = shippedPath(word);
  const shipped = path === undefined ? undefined : check.files.find((file) => file.path === path);
  if (shipped) return checkFile(word, shipped.source, check.path);
  if (word.includes('/')) return checkPath(word, check);
  if ((await findOnPath(word, check.path)) !== undefined) return {};
  return {
    warning: `program "${word}" is neither a file in "${check.directory}" nor on the PATH here; ${whatElse(words)}`,
  };
}

function whatElse(words: readonly string[]): string {
  const hint = builtinHint(words);
  const others = 'Workers must have it on theirs';
  return hint === '' ? others : `${hint} Else ${others}`;
}

async function checkLine(line: string, check: ProgramCheck): Promise<ProgramCheckResult> {
  const found = await checkShellLine(line, check.path);
  switch (found.type) {
    case 'fine':
      return {};
    case 'wrong':
      return {
        error: `program ${JSON.stringify(line)} is not what bash understands: ${found.reason}`,
      };
    case 'no_bash':
      return check.runsHere === true
        ? { error: 'a line for a shell needs bash, which is not on the PATH here (--shell)' }
        : {
            warning: 'bash is not on the PATH here; Workers must have it on theirs (--shell)',
          };
    default:
      return found satisfies never;
  }
}

async function checkPath(word: string, check: ProgramCheck): Promise<ProgramCheckResult> {
  const file = resolve(check.directory, word);
  const result = await checkFile(word, file, check.path);
  if (result.error !== undefined || word.startsWith('/')) return result;
  return {
    error: `program "${word}" lies outside the directory, so it does not travel with the job: add --file ${word} and run its bare name`,
  };
}

async function checkFile(word: string, file: string, path: string): Promise<ProgramCheckResult> {
  const program = `program "${word}"`;
  if (!(await isRegularFile(file))) return { error: `${program}: ${await whyNoFile(file)}` };
  if (!(await mayExecute(file)))
    return { error: `${program} is not executable: run ${formatCommand(['chmod', '+x', word])}` };
  const problem = await interpreterProblem(file, path);
  return problem === undefined ? {} : { error: `${program} cannot run: ${problem}` };
}

async function whyNoFile(file: string): Promise<string> {
  const status = await stat(file).catch(() => undefined);
  if (!status) return 'no such file';
  return status.isDirectory() ? 'it is a directory' : 'it is not a regular file';
}
