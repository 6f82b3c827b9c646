import { JOB_DEFAULTS } from '../../protocol/job-spec.ts';
import { formatCommand } from '../../runtime/programs/command-words.ts';
import type { JobOptions } from '../read-options.ts';
import type { PrintedInput } from './printed-inputs.ts';
import { inputCommand, onlyPlainFile } from './input-command.ts';
import { bashText, sortCommand, type Stages } from './stages.ts';

export interface ScriptJob {
  readonly job: JobOptions;
  readonly stages: Stages;
  readonly files: readonly PrintedInput[];
  /** What relative paths start from. */
  readonly directory: string;
  /** What `--env` sets, read. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The job as one pipeline: a process each for mapper, sort and reducer. */
export function pipelineScript(script: ScriptJob): readonly string[] {
  const { stages, files, directory, job } = script;
  const sorted = stages.isMapOnly ? [] : [sortCommand(stages.cut), stages.reducer];
  const pipeline = pipe([inputCommand(files, directory), stages.mapper, ...sorted]);
  return [...preamble(script), ...into(job.output, pipeline)];
}

/** The job with GNU parallel: chunks mapped and sorted at once, merged for one reducer. */
export function parallelScript(script: ScriptJob): readonly string[] {
  const { stages, files, directory, job } = script;
  const sort = sortCommand(stages.cut);
  const chunk = stages.isMapOnly
    ? [stages.mapper ?? 'cat']
    : [stages.mapper, sort, stages.combiner];
  const plain = onlyPlainFile(files, directory);
  const source = plain === undefined ? '--pipe' : `--pipepart -a ${plain}`;
  const chunkBytes = job.splitSize ?? JOB_DEFAULTS.splitBytes;
  const run = `parallel -k ${source} --block ${String(chunkBytes)}`;
  const feed = plain === undefined ? [inputCommand(files, directory)] : [];
  const lines = [
    ...preamble(script),
    'export PARALLEL_SHELL=$(type -P bash)',
    `chunk() {`,
    ...pipe(chunk).map((line) => `  ${line}`),
    '}',
    'export -f chunk',
  ];
  if (stages.isMapOnly) return [...lines, ...into(job.output, pipe([...feed, `${run} chunk`]))];
  const merge = `${sort.replace('sort', 'sort -m')} --files0-from=-`;
  const whole = pipe([
    ...feed,
    `${run} --tmpdir "$chunks" --files chunk`,
    String.raw`tr '\n' '\0'`,
    merge,
    stages.reducerAfterCombiner,
  ]);
  const temporary = ['chunks=$(mktemp -d)', `trap 'rm -rf "$chunks"' EXIT`];
  return [...lines, ...temporary, ...into(job.output, whole)];
}

function preamble({ environment }: ScriptJob): readonly string[] {
  const variables = Object.entries(environment).map(([name, value]) => {
    return `export ${name}=${bashText(value)}`;
  });
  return [
    '# For bash. The names mapreduce_… of the environment are not set here.',
    'set -o pipefail',
    'export LC_COLLATE=C',
    ...variables,
  ];
}

/** Stages joined by `|`, a line each. */
function pipe(stages: readonly (string | undefined)[]): readonly string[] {
  const present = stages.filter((stage) => stage !== undefined);
  return present.map((stage, index) => {
    const indented = index === 0 ? stage : `  ${stage}`;
    return index === present.length - 1 ? indented : `${indented} |`;
  });
}

function into(output: string | undefined, pipeline: readonly string[]): readonly string[] {
  if (output === undefined) return pipeline;
  const directory = formatCommand([output.replace(/\/+$/, '') || '/']);
  const last = pipeline.at(-1) ?? '';
  return [`mkdir ${directory} &&`, ...pipeline.slice(0, -1), `${last} > ${directory}/part-00000`];
}
