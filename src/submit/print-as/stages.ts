import { builtinOf, formatCommand, parseCommand } from '../../runtime/programs/command-words.ts';
import { shippedPath } from '../../runtime/programs/shipped-path.ts';
import { assert } from '../../runtime/assert.ts';
import type { JobOptions } from '../read-options.ts';
import { builtinCommand } from './builtin-command.ts';
import type { RecordCut } from './record-cut.ts';

export type Role = 'mapper' | 'combiner' | 'reducer';

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

/**
 * The commands of a job for a shell.
 * @param isShipped whether a path relative to the submitter's directory travels with the job
 */
export function stagesOf(job: JobOptions, isShipped: (path: string) => boolean): Stages {
  const isMapOnly = job.numReducers === 0;
  const cut: RecordCut = {
    separator: job.separator ?? '\t',
    keyFields: job.keyFields ?? 1,
    sortValues: job.sortValues === true || [job.combiner, job.reducer].includes('distinct'),
  };
  const stage = (role: Role): string | undefined => {
    const text = job[role];
    return text === undefined ? undefined : stageCommand(text, role, { job, cut, isShipped });
  };
  const mapper = stage('mapper');
  const none = { reducer: undefined, combiner: undefined, reducerAfterCombiner: undefined };
  if (isMapOnly) return { mapper, ...none, isMapOnly, cut };
  if (job.combiner === 'count') {
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
  const isExtreme = job.combiner === 'min' || job.combiner === 'max';
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

interface StageContext {
  readonly job: JobOptions;
  readonly cut: RecordCut;
  readonly isShipped: (path: string) => boolean;
}

function stageCommand(text: string, role: Role, context: StageContext): string | undefined {
  const { job, cut, isShipped } = context;
  const parsed = parseCommand(text);
  const builtin = parsed.ok ? builtinOf(parsed.words) : undefined;
  if (builtin !== undefined) return builtinCommand(builtin, cut);
  if (job.shell === true) {
    return accepting(
      formatCommand(['bash', '-o', 'pipefail', '-c', text]),
      acceptedExits(job, role),
    );
  }
  assert(parsed.ok, `the ${role} was checked before`);
  const [program, ...args] = parsed.words;
  const path = shippedPath(program);
  const isOwn = !program.includes('/') && path !== undefined && isShipped(path);
  const words = [isOwn ? `./${program}` : program, ...args];
  return accepting(formatCommand(words), acceptedExits(job, role));
}

function acceptedExits(job: JobOptions, role: Role): readonly number[] {
  const codes = {
    mapper: job.acceptExit,
    combiner: job.combinerAcceptExit,
    reducer: job.reducerAcceptExit,
  };
  return codes[role] ?? [];
}

function accepting(command: string, codes: readonly number[]): string {
  if (codes.length === 0) return command;
  return `{ ${command} || case $? in ${codes.join(' | ')}) ;; *) false ;; esac; }`;
}
