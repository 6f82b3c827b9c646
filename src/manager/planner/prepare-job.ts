import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { InputFile, InputListing } from '../../inputs/list-inputs.ts';
import type { PlanSummary, SamplePlan } from '../../protocol/job-report.ts';
import { JOB_DEFAULTS, type JobSpec } from '../../protocol/job-spec.ts';
import { REDUCES_MAX } from '../../protocol/limits.ts';
import { freeBytes } from '../../runtime/files/free-space.ts';
import { describeSize } from '../../runtime/sizes.ts';
import { errorText } from '../../runtime/system-error.ts';
import type { JobPlan } from '../scheduler/plan.ts';
import { type InputsPlace, readInputs } from './read-inputs.ts';
import { checkJobPrograms, type ProgramsPlace } from './job-programs.ts';
import { JobRefused } from './job-refused.ts';
import { type OutputDecision, type OutputSystem, resolveOutput } from './output-place.ts';
import { type PlannedMaps, planMaps } from './plan-maps.ts';
import { chooseReduces, chooseSplitBytes, type SplitChoice } from './splits.ts';

export interface PlannerPlace extends ProgramsPlace, InputsPlace {
  readonly system?: OutputSystem;
}

const WARNINGS_MAX = 50;

/**
 * Checks a submission and plans it: everything that can be known before it runs. Creates nothing.
 * @param slots how many slots the cluster has now
 * @throws JobRefused
 */
export async function prepareJob(
  spec: JobSpec,
  slots: number,
  place: PlannerPlace,
): Promise<JobPlan> {
  await checkSharedDirectory(place.sharedDirectory);
  checkReducers(spec);
  const programs = await checkJobPrograms(spec, place);
  const listing = await readInputs(spec, place);
  const output = await resolveOutput({
    output: spec.output_directory,
    overwrite: spec.overwrite ?? false,
    directory: place.directory,
    ...(place.system && { system: place.system }),
  });
  await keepApart(spec.output_directory, output, listing);
  const inputBytes = listing.files.reduce((sum, file) => sum + file.bytes, 0);
  const wishes = { splitBytes: spec.split_bytes, mapsHint: spec.num_mappers, slots };
  const split = chooseSplitBytes(inputBytes, wishes);
  const { maps, splitBytes, sample } = await planMaps(listing.files, split.splitBytes, {
    inputBytes,
    percent: spec.sample_percent,
    slots,
    sharedDirectory: place.sharedDirectory,
  });
  const { reduces, reason } = chooseReduces(inputBytes, spec.num_reducers, slots);
  const warnings = [
    ...listing.warnings,
    ...unsplitWarning(listing.files, spec.split_bytes ?? JOB_DEFAULTS.splitBytes),
    ...programs.warnings,
    ...optionWarnings(spec),
    ...(await roomWarning(inputBytes, output, place.sharedDirectory)),
  ];
  const whole = { inputFiles: listing.files.length, inputBytes };
  const read = sample === null ? whole : inputOfSample(maps);
  return {
    ...read,
    maps,
    reduces,
    output: output.plan,
    files: programs.files,
    summary: {
      input_files: read.inputFiles,
      input_bytes: read.inputBytes,
      maps: maps.length,
      reduces,
      split_bytes: splitBytes,
      output_directory: output.plan.directory ?? '(no output directory)',
      reasons: [
        `${count(maps.length, 'map task')}: ${splitReason(split, sample)}`,
        `${count(reduces, 'reduce task')}: ${reason}`,
        output.reason,
      ],
      warnings: atMost(WARNINGS_MAX, warnings),
      commands: programs.commands,
      sample,
    } satisfies PlanSummary,
  };
}

function checkReducers(spec: JobSpec): void {
  if ((spec.num_reducers ?? 0) > REDUCES_MAX) {
    throw new JobRefused(`Cannot plan more than ${String(REDUCES_MAX)} reduce tasks`);
  }
  if (spec.total_order === true && spec.num_reducers === 0) {
    throw new JobRefused(
      'Cannot keep total order with 0 reducers: map output is not sorted then; ask for 1 or more',
    );
  }
}

async function checkSharedDirectory(directory: string): Promise<void> {
  const status = await stat(directory).catch((error: unknown) => {
    throw new JobRefused(`Cannot use the shared directory "${directory}": ${errorText(error)}`, {
      cause: error,
    });
  });
  if (!status.isDirectory()) {
    throw new JobRefused(`Cannot use the shared directory "${directory}": it is not a directory`);
  }
}

/** A job that reads what it writes, now or when it is run again, is a mistake. */
async function keepApart(
  text: string | null,
  { plan: { directory } }: OutputDecision,
  listing: InputListing,
): Promise<void> {
  if (directory === null) return;
  const outer = listing.directories.find(({ realPath }) => isInside(directory, realPath));
  if (outer) {
    const where = outer.realPath === directory ? 'it is' : 'it lies inside';
    throw new JobRefused(`Cannot write to "${text ?? ''}": ${where} the input "${outer.text}"`);
  }
  const parents = new Map<string, string>();
  for (const { path } of listing.files) parents.set(dirname(path), path);
  for (const [parent, path] of parents) {
    const real = await realpath(parent).catch(() => parent);
    if (!isInside(real, directory)) continue;
    throw new JobRefused(`Cannot write to "${text ?? ''}": the input "${path}" lies inside it`);
  }
}

/** Whether `path` is `directory` or below it. */
function isInside(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
}

/** Compressed files that take one map much longer than others take. */
function unsplitWarning(files: readonly InputFile[], splitBytes: number): readonly string[] {
  const huge = files.filter(({ bytes, compression }) => compression !== null && bytes > splitBytes);
  const [largest] = huge.toSorted((a, b) => b.bytes - a.bytes);
  if (!largest) return [];
  const one = `"${largest.path}" (${describeSize(largest.bytes)}) cannot be split: it is compressed`;
  return huge.length === 1
    ? [`One file ${one}, and one map task reads it all`]
    : [
        `${String(huge.length)} files cannot be split: they are compressed, and one map task reads each; the largest is "${largest.path}" (${describeSize(largest.bytes)})`,
      ];
}

function optionWarnings(spec: JobSpec): readonly string[] {
  if (spec.num_reducers !== 0) return [];
  const unused = [
    ...(spec.reducer_executable === undefined ? [] : ['reducer']),
    ...(spec.combiner_executable === undefined ? [] : ['combiner']),
  ];
  return unused.map((role) => `The ${role} is not used: the job has 0 reducers`);
}

async function roomWarning(
  inputBytes: number,
  output: OutputDecision,
  sharedDirectory: string,
): Promise<readonly string[]> {
  const { directory } = output.plan;
  const places = [sharedDirectory, ...(directory === null ? [] : [dirname(directory)])];
  const warnings: string[] = [];
  for (const path of places) {
    const free = await freeBytes(path).catch(() => Infinity);
    if (free >= inputBytes) continue;
    warnings.push(
      `Only ${describeSize(free)} are free at "${path}", less than the input of ${describeSize(inputBytes)}`,
    );
  }
  return warnings;
}

function inputOfSample(maps: PlannedMaps['maps']): { inputFiles: number; inputBytes: number } {
  const pieces = maps.flat();
  return {
    inputFiles: new Set(pieces.map(({ path }) => path)).size,
    inputBytes: pieces.reduce((sum, { length }) => sum + length, 0),
  };
}

function splitReason({ splitBytes, reason }: SplitChoice, sample: SamplePlan | null): string {
  if (sample === null) return `splits of ${describeSize(splitBytes)}, ${reason}`;
  return `a sample of ${String(sample.percent)} % of ${describeSize(sample.input_bytes)}`;
}

function atMost(limit: number, warnings: readonly string[]): readonly string[] {
  if (warnings.length <= limit) return warnings;
  return [...warnings.slice(0, limit), `${String(warnings.length - limit)} more warnings`];
}

function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
}
