import { resolve } from 'node:path';
import type { PlanSummary } from '../../protocol/job-report.ts';
import type { JobSpec, ShippedFile } from '../../protocol/job-spec.ts';
import { ORDER_COMMON_BYTES_MAX } from '../../protocol/limits.ts';
import { formatCommand } from '../../runtime/programs/command-words.ts';
import { findShippedFiles, type FoundFile } from '../../runtime/programs/program-files.ts';
import { type Command, describeCommand, wordsOf } from '../../runtime/programs/read-command.ts';
import {
  builtinsOf,
  checkRolePrograms,
  readRoleCommands,
  type RoleCommands,
} from '../../runtime/programs/role-commands.ts';
import { shippedPath } from '../../runtime/programs/shipped-path.ts';
import { describeSize } from '../../runtime/sizes.ts';
import { errorText } from '../../runtime/system-error.ts';
import { checkBuiltins } from '../../shuffle/folds/check-builtins.ts';
import { JobRefused } from './job-refused.ts';
import { checkRecordRules } from './record-rules.ts';

/** A job's programs, checked as far as that is possible here, and the files they travel with. */
export interface JobPrograms {
  readonly files: readonly ShippedFile[];
  readonly commands: PlanSummary['commands'];
  readonly warnings: readonly string[];
}

export interface ProgramsPlace {
  /** Where a bare submission's relative names start: the Manager's own directory. */
  readonly directory: string;
  readonly path: string;
}

/**
 * Checks the commands of a job. A client's job brings its files and was checked where they are; for
 * a bare one the Manager ships its own files and does the whole preflight.
 * @throws JobRefused
 */
export async function checkJobPrograms(spec: JobSpec, place: ProgramsPlace): Promise<JobPrograms> {
  const commands = readCommands(spec);
  const builtins = builtinsOf(commands);
  const problem = checkBuiltins(builtins) ?? checkRecordRules(spec, builtins);
  if (problem !== undefined) throw new JobRefused(problem);
  const warnings: string[] = [];
  const files =
    spec.files === undefined
      ? await shipOwnFiles(commands, place, warnings)
      : checkSentFiles(spec.files, commands);
  const resolved = [...commands].map(([role, command]) => ({
    role,
    command: `${describeCommand(command)}${origin(command, files)}`,
  }));
  refuseLongOrders(spec, files);
  return { files, commands: resolved, warnings };
}

/** Every order of the job repeats these, beside the pieces of its task. */
function refuseLongOrders(spec: JobSpec, files: readonly ShippedFile[]): void {
  const { mapper_executable, combiner_executable, reducer_executable, environment } = spec;
  const common = { mapper_executable, combiner_executable, reducer_executable, environment, files };
  const bytes = Buffer.byteLength(JSON.stringify(common));
  if (bytes <= ORDER_COMMON_BYTES_MAX) return;
  throw new JobRefused(
    `Cannot send the tasks of this job: commands, environment and the names of ${String(files.length)} shipped files take ${describeSize(bytes)}, and ${describeSize(ORDER_COMMON_BYTES_MAX)} is the most; ship many files packed into one, and large values as files`,
  );
}

function readCommands(spec: JobSpec): RoleCommands {
  const mapOnly = spec.num_reducers === 0;
  const texts = {
    mapper: spec.mapper_executable,
    combiner: mapOnly ? undefined : spec.combiner_executable,
    reducer: mapOnly ? undefined : spec.reducer_executable,
  };
  if (!mapOnly && spec.reducer_executable === undefined) {
    throw new JobRefused(
      'Cannot run a job without a reducer: give one, or 0 reducers to get the map output as it is',
    );
  }
  const commands = readRoleCommands(texts, spec.shell ?? false);
  if (typeof commands === 'string') throw new JobRefused(commands);
  return commands;
}

async function shipOwnFiles(
  commands: RoleCommands,
  place: ProgramsPlace,
  warnings: string[],
): Promise<readonly ShippedFile[]> {
  const { directory, path } = place;
  const files = await findOwnFiles(commands, directory);
  const checked = await checkRolePrograms(commands, { directory, files, path });
  if (checked.error !== undefined) throw new JobRefused(checked.error);
  warnings.push(...checked.warnings);
  return files.map(({ path: name, sha256, bytes, mode }) => ({ path: name, sha256, bytes, mode }));
}

async function findOwnFiles(
  commands: RoleCommands,
  directory: string,
): Promise<readonly FoundFile[]> {
  try {
    return await findShippedFiles({
      commands: [...commands.values()],
      extraFiles: [],
      directory: resolve(directory),
    });
  } catch (error) {
    throw new JobRefused(errorText(error), { cause: error });
  }
}

/** Whether their contents came is seen when the job is accepted: a dry run sends none. */
function checkSentFiles(
  files: readonly ShippedFile[],
  commands: RoleCommands,
): readonly ShippedFile[] {
  for (const [role, command] of commands) {
    const program = programFile(command, files);
    if (!program || (program.mode & 0o111) !== 0) continue;
    const [name = ''] = wordsOf(command);
    throw new JobRefused(
      `Cannot use ${role}: program "${name}" is not executable: run ${formatCommand(['chmod', '+x', name])}`,
    );
  }
  return files;
}

function programFile(command: Command, files: readonly ShippedFile[]): ShippedFile | undefined {
  if (command.type !== 'program') return undefined;
  const path = shippedPath(command.words[0]);
  return files.find((file) => file.path === path);
}

/** What the program turned out to be; of a line for a shell, which of its words are files. */
function origin(command: Command, files: readonly ShippedFile[]): string {
  switch (command.type) {
    case 'builtin':
      return ' (built-in)';
    case 'program':
      if (programFile(command, files)) return ' (travels with the job)';
      return command.words[0].includes('/') ? '' : " (from the Worker's PATH)";
    case 'shell': {
      const paths = new Set(wordsOf(command).map((word) => shippedPath(word)));
      const names = files.filter(({ path }) => paths.has(path)).map(({ path }) => path);
      if (names.length === 0) return '';
      return ` (with ${names.map((name) => formatCommand([name])).join(', ')})`;
    }
    default:
      return command satisfies never;
  }
}
