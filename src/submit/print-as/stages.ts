import { type ProgramRole, rulesOf } from '../../protocol/job-spec.ts';
import { formatCommand } from '../../runtime/programs/command-words.ts';
import { type Command, describeCommand } from '../../runtime/programs/read-command.ts';
import { builtinsOf } from '../../runtime/programs/role-commands.ts';
import { shippedPath } from '../../runtime/programs/shipped-path.ts';
import { optionalFields } from '../job-request.ts';
import type { CheckedPrograms } from '../preflight.ts';
import type { JobOptions } from '../read-options.ts';
import { builtinCommand } from './builtin-command.ts';
import type { RecordCut } from './record-cut.ts';

/** What a job is as stages of a pipeline: each a piece of bash, undefined where nothing is to run. */
export interface Stages {
  readonly mapper: string | undefined;
  readonly reducer: string | undefined;
  /** A combiner that this pipeline may run, and the reducer of what it leaves. */
  readonly combiner: string | undefined;
  readonly reducerAfterCombiner: string | undefined;
  readonly isMapOnly: boolean;
  readonly cut: RecordCut;
}

/** The commands of a job for a shell. */
export function stagesOf(job: JobOptions, { commands, files }: CheckedPrograms): Stages {
  const rules = rulesOf(optionalFields(job));
  const cut: RecordCut = {
    separator: rules.separator,
    keyFields: rules.key_fields,
    sortValues: rules.sort_values,
  };
  const shipped = new Set(files.map(({ path }) => path));
  const stage = (role: ProgramRole): string | undefined => {
    const command = commands.get(role);
    if (command === undefined) return undefined;
    if (command.type === 'builtin') return builtinCommand(command.name, cut);
    return accepting(programCommand(command, shipped), rules.accept_exit[role]);
  };
  const mapper = stage('mapper');
  const isMapOnly = job.numReducers === 0;
  const none = { reducer: undefined, combiner: undefined, reducerAfterCombiner: undefined };
  if (isMapOnly) return { mapper, ...none, isMapOnly, cut };
  const { combiner: builtin } = builtinsOf(commands);
  if (builtin === 'count') {
    const counting = { combiner: stage('combiner'), reducer: stage('combiner') };
    return {
      mapper,
      ...counting,
      reducerAfterCombiner: builtinCommand('sum', cut),
      isMapOnly,
      cut,
    };
  }
  const reducer = stage('reducer');
  // Of some values the best is not enough: by number or by bytes shows only when all are there.
  const isExtreme = builtin === 'min' || builtin === 'max';
  const combiner = isExtreme ? undefined : stage('combiner');
  return { mapper, reducer, combiner, reducerAfterCombiner: reducer, isMapOnly, cut };
}

/** `LC_ALL=C sort …` in Muster's order: by the key's bytes, then as it came or by the value's. */
export function sortCommand({ separator, keyFields, sortValues }: RecordCut): string {
  if (keyFields === 0) return 'LC_ALL=C sort';
  const fields = String(keyFields);
  const keys = sortValues ? `-k1,${fields} -k${String(keyFields + 1)}` : `-s -k1,${fields}`;
  return `LC_ALL=C sort -t ${bashText(separator)} ${keys}`;
}

/** Text in quotes that bash understands, with escapes where a reader could not tell. */
export function bashText(text: string): string {
  if (text === '\0') return String.raw`'\0'`;
  return text === '\t' ? String.raw`$'\t'` : formatCommand([text]);
}

/** A shipped program of a bare name is not on the PATH of a shell, but beside it. */
function programCommand(command: Command, shipped: ReadonlySet<string>): string {
  if (command.type !== 'program') return describeCommand(command);
  const [program, ...args] = command.words;
  const path = shippedPath(program);
  const isOwn = !program.includes('/') && path !== undefined && shipped.has(path);
  return formatCommand([isOwn ? `./${program}` : program, ...args]);
}

function accepting(command: string, codes: readonly number[]): string {
  if (codes.length === 0) return command;
  return `{ ${command} || case $? in ${codes.join(' | ')}) ;; *) false ;; esac; }`;
}
