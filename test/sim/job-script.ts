import { crc32 } from 'node:zlib';
import type { JobPlan } from '../../src/manager/scheduler/plan.ts';
import type { NewManagerJob } from '../../src/protocol/client-messages.ts';
import { taskName } from '../../src/protocol/ids.ts';
import { BAD_OUTPUT_NAME, partName } from '../../src/protocol/job-layout.ts';
import { planOf } from '../manager/scheduler/harness/plans.ts';
import { type BadLines, leftOut, withoutLines } from './bad-lines.ts';
import type { Dice } from './dice.ts';

/** One job of a simulation: what it asks for and how its programs behave. */
export interface JobScript {
  /** Also the job's name, by which orders are recognised. */
  readonly id: string;
  readonly maps: number;
  readonly reduces: number;
  readonly output: string;
  /** Parts of an earlier job lie there, which it may replace; see {@link outputsFromBefore}. */
  readonly overwrites: boolean;
  readonly message: NewManagerJob;
  /** Chance of an attempt to fail while there are faults. */
  readonly failing: number;
  /** Chance of a reduce to call a run broken that is not. */
  readonly blaming: number;
  /** This map fails whatever happens. */
  readonly poisonedMap: number | undefined;
  /** This map takes its Worker down, for ever or until the faults end. */
  readonly deadlyMap: number | undefined;
  /** How often it does so. */
  readonly deadliness: number;
  /** Lines of one map that the mapper cannot take. */
  readonly badLines: BadLines | undefined;
  readonly taskMsMax: number;
  readonly submitAtMs: number;
  readonly cancelAtMs: number | undefined;
}

export interface ScriptWishes {
  /** No program fails, nobody cancels. */
  readonly isGentle: boolean;
  readonly submitWithinMs: number;
}

export const OLD_PART = 'from before\n';

export function makeScript(number: number, dice: Dice, wishes: ScriptWishes): JobScript {
  const id = `j${String(number)}`;
  const maps = dice.chance(0.1) ? 0 : dice.whole(1, 7);
  const reduces = dice.whole(0, 3);
  // Two jobs may want the same place.
  const output = `/out/${dice.chance(0.1) ? 'shared' : id}`;
  const overwrites = dice.chance(0.2);
  const isGentle = wishes.isGentle || dice.chance(0.4);
  const common = { id, maps, reduces, output, overwrites };
  const aMap = (chance: number): number | undefined =>
    !isGentle && maps > 0 && dice.chance(chance) ? dice.whole(0, maps - 1) : undefined;
  return {
    ...common,
    message: messageOf(common, dice, isGentle),
    failing: isGentle ? 0 : dice.pick([0, 0.1, 0.4]),
    blaming: isGentle ? 0 : dice.pick([0.3, 0.6]),
    poisonedMap: aMap(0.1),
    deadlyMap: aMap(0.2),
    badLines: undefined,
    deadliness: dice.pick([0.5, 1]),
    taskMsMax: dice.pick([50, 500, 4000]),
    submitAtMs: dice.whole(0, wishes.submitWithinMs),
    cancelAtMs: !isGentle && dice.chance(0.15) ? dice.whole(0, 15_000) : undefined,
  };
}

/** Where an earlier job's output lies: one job there that overwrites is enough for all of them. */
export function outputsFromBefore(scripts: Iterable<JobScript>): ReadonlySet<string> {
  return new Set([...scripts].filter(({ overwrites }) => overwrites).map(({ output }) => output));
}

function messageOf(
  {
    id,
    maps,
    reduces,
    output,
    overwrites,
  }: Pick<JobScript, 'id' | 'maps' | 'reduces' | 'output' | 'overwrites'>,
  dice: Dice,
  isGentle: boolean,
): NewManagerJob {
  const limits = { max_attempts: dice.whole(1, 4), max_workers_lost: dice.whole(1, 3) };
  return {
    message_type: 'new_manager_job',
    input_directory: '/in',
    output_directory: output,
    mapper_executable: './map',
    ...(reduces > 0 && { reducer_executable: './reduce' }),
    num_mappers: Math.max(1, maps),
    num_reducers: reduces,
    job_name: id,
    priority: dice.whole(-1, 1),
    overwrite: overwrites,
    success_marker: dice.chance(0.5),
    submission_id: `submission-${id}`,
    ...(dice.chance(0.2) && { max_running: dice.whole(1, 3) }),
    ...(!isGentle && limits),
    ...(!isGentle && dice.chance(0.2) && { keep_going: true }),
  };
}

export function planFor(script: JobScript): JobPlan {
  const plan = planOf({ ...script.message, num_mappers: script.maps });
  return { ...plan, reduces: script.reduces };
}

/** What the mapper says of one split to one reduce task. */
function mapped({ script, map, without }: MapOutput, reduce: number): string {
  return `${script} map ${String(map)} to ${String(reduce)}${withoutLines(without)}\n`;
}

/** What a map that was given all of its input, or nearly all, says. */
export interface MapOutput {
  readonly script: string;
  readonly map: number;
  /** Lines that were left out. */
  readonly without: readonly number[];
}

/** The content of a run: length and checksum first, so that a reader sees whether it is whole. */
export function runContent(output: MapOutput, reduces: number): string {
  const partitions = Array.from({ length: reduces }, (_, reduce) => mapped(output, reduce));
  const json = JSON.stringify({ map: output.map, partitions });
  return `${String(json.length)} ${String(crc32(json))} ${json}`;
}

/** One partition of a run; a string in words when the run is not whole. */
export function readRun(
  content: string,
  map: number,
  reduce: number,
): { readonly text: string } | string {
  const [length, crc] = content.split(' ', 2);
  const json = content.slice(`${length ?? ''} ${crc ?? ''} `.length);
  if (json.length !== Number(length)) return 'it is too short';
  if (crc32(json) !== Number(crc)) return 'a checksum differs';
  const run = JSON.parse(json) as { map: number; partitions: readonly string[] };
  if (run.map !== map) return 'it is of another map';
  return { text: run.partitions[reduce] ?? '' };
}

/** What a map of a map-only job writes; every third one writes nothing. */
export function mapOnlyPart(output: MapOutput): string {
  return output.map % 3 === 2 ? '' : mapped(output, 0);
}

/** The output of a run without any fault: names, of files in directories too, and contents. */
export function oracle(script: JobScript): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const { id, maps, reduces, badLines } = script;
  if (script.message.success_marker === true) files.set('_SUCCESS', '');
  const all = Array.from({ length: maps }, (_, map): MapOutput => {
    return { script: id, map, without: map === badLines?.map ? badLines.lines : [] };
  });
  if (badLines) {
    const { lines, records } = leftOut(badLines.map, badLines.lines);
    const task = taskName({ stage: 'map', task_index: badLines.map });
    files.set(`${BAD_OUTPUT_NAME}/${task}.lines`, lines);
    files.set(`${BAD_OUTPUT_NAME}/${task}.jsonl`, records);
  }
  for (let reduce = 0; reduce < reduces; reduce += 1) {
    const text = all.map((output) => mapped(output, reduce)).join('');
    files.set(partName(reduce, reduces), text);
  }
  if (reduces > 0) return files;
  for (const output of all) {
    const text = mapOnlyPart(output);
    if (text !== '') files.set(partName(output.map, maps), text);
  }
  return files;
}
