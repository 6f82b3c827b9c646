import type { ProgramRole } from '../../protocol/job-spec.ts';
import type { BuiltinName } from './command-words.ts';
import { checkProgram, type ProgramCheck } from './preflight.ts';
import { type Command, readCommand } from './read-command.ts';

/** What a job runs, in the order of its stages; a role that it leaves out is not among them. */
export type RoleCommands = ReadonlyMap<ProgramRole, Command>;

type ByRole<T> = Readonly<Partial<Record<ProgramRole, T>>>;

const ROLES: readonly ProgramRole[] = ['mapper', 'combiner', 'reducer'];

/** Reads the commands of a job, or says in a sentence which of them cannot be one. */
export function readRoleCommands(
  texts: ByRole<string | undefined>,
  shell: boolean,
): RoleCommands | string {
  const commands = new Map<ProgramRole, Command>();
  for (const role of ROLES) {
    const text = texts[role];
    if (text === undefined) continue;
    const read = readCommand(text, shell);
    if (!read.ok) return `Cannot use ${role} "${text}": ${read.reason}`;
    commands.set(role, read.command);
  }
  return commands;
}

/** Names of the built-ins among them. */
export function builtinsOf(commands: RoleCommands): ByRole<BuiltinName> {
  const builtins: Partial<Record<ProgramRole, BuiltinName>> = {};
  for (const [role, command] of commands) {
    if (command.type === 'builtin') builtins[role] = command.name;
  }
  return builtins;
}

/** What {@link checkProgram} says of them, in whole sentences: the first error, or warnings. */
export async function checkRolePrograms(
  commands: RoleCommands,
  place: Omit<ProgramCheck, 'command'>,
): Promise<{ readonly error?: string; readonly warnings: readonly string[] }> {
  const warnings: string[] = [];
  for (const [role, command] of commands) {
    const { error, warning } = await checkProgram({ ...place, command });
    if (error !== undefined) return { error: `Cannot use ${role}: ${error}`, warnings };
    if (warning !== undefined) warnings.push(`${role}: ${warning}`);
  }
  return { warnings };
}
