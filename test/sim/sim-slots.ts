import { attemptKey, type AttemptRef, attemptRefOf } from '../../src/protocol/ids.ts';
import {
  attemptDirectory,
  BAD_RECORD_FILES,
  BAD_RECORDS_NAME,
  PART_NAME,
  runPath,
} from '../../src/protocol/job-layout.ts';
import type {
  ManifestEntry,
  NewMapTask,
  NewReduceTask,
} from '../../src/protocol/manager-orders.ts';
import type { WorkerEvent } from '../../src/worker/lifecycle/events.ts';
import type {
  SlotEvent,
  TaskFailure,
  TaskOrderMessage,
  TaskResult,
} from '../../src/worker/tasks/task-result.ts';
import { leftOut, linesSeen } from './bad-lines.ts';
import { type JobScript, mapOnlyPart, type MapOutput, readRun, runContent } from './job-script.ts';
import type { SimWorker } from './sim-worker.ts';
import type { Surroundings } from './surroundings.ts';
import { systemError } from './sim-disk.ts';
import { type Fate, fateOf } from './sim-fate.ts';
import { failure, success, withLeftOut } from './sim-results.ts';

interface Running {
  readonly slot: number;
  readonly order: TaskOrderMessage;
  isKilled: boolean;
}

const SPAWN_MS_MAX = 20;
const KILL_MS_MAX = 200;

/** A Worker's slots: programs as tables, which read and write the virtual disk. */
export class SimSlots {
  readonly #world: Surroundings;
  readonly #worker: SimWorker;
  readonly #push: (event: WorkerEvent) => void;
  readonly #running = new Map<string, Running>();

  constructor(world: Surroundings, worker: SimWorker, push: (event: WorkerEvent) => void) {
    this.#world = world;
    this.#worker = worker;
    this.#push = push;
  }

  run(slot: number, order: TaskOrderMessage): void {
    const key = attemptKey(order);
    const attempt: Running = { slot, order, isKilled: false };
    this.#world.audit.slotBegins(this.#worker, slot, order);
    this.#running.set(key, attempt);
    const { dice } = this.#world;
    const script = this.#world.scripts.get(order.job_name);
    const slowness = this.#world.isHealed() ? 1 : this.#worker.nature.slowness;
    if (slowness > 1) this.#world.totals.fault('slow program');
    const taskMs = dice.whole(1, script?.taskMsMax ?? 1) * slowness;
    this.#after(dice.whole(0, SPAWN_MS_MAX), attempt, () => {
      this.#say(attempt, { type: 'started' });
      this.#after(taskMs / 2, attempt, () => this.#progress(attempt));
      this.#after(taskMs, attempt, () => this.#end(attempt, script));
    });
  }

  kill(ref: AttemptRef): void {
    const attempt = this.#running.get(attemptKey(ref));
    if (!attempt) return;
    attempt.isKilled = true;
    this.#worker.process.setTimer(this.#world.dice.whole(1, KILL_MS_MAX), () => {
      this.#ended(attempt, { outcome: 'killed' });
    });
  }

  get busy(): number {
    return this.#running.size;
  }

  #after(delayMs: number, attempt: Running, action: () => void): void {
    this.#worker.process.setTimer(delayMs, () => {
      if (!attempt.isKilled) action();
    });
  }

  #progress(attempt: Running): void {
    // What an attempt has written so far is there for all to see, under its own name.
    if (attempt.order.stage === 'map' && attempt.order.reduces > 0) {
      this.#tryToWrite(runOf(attempt.order), 'half a run');
    }
    this.#say(attempt, { type: 'progress', bytesRead: 50, bytesWritten: 5, status: '' });
  }

  #end(attempt: Running, script: JobScript | undefined): void {
    const fate = fateOf(this.#world, attempt.order, script);
    if (fate === 'kills its Worker') {
      this.#world.totals.fault('program kills its Worker');
      this.#world.audit.workerKilledBy(attempt.order);
      return this.#worker.die(false);
    }
    this.#ended(attempt, this.#resultOf(attempt.order, fate));
  }

  #resultOf(order: TaskOrderMessage, fate: Fate): TaskResult {
    switch (fate) {
      case 'fails':
        this.#world.totals.fault('program fails');
        this.#world.audit.programFailed(order);
        return {
          ...failure(order, 'failed', 'exit code 3'),
          ...(order.stage === 'map' && order.lines && { lines: linesSeen(order, true) }),
        };
      case 'unfit':
      case 'cannot_start':
        this.#world.totals.fault('unfit attempt');
        return failure(order, fate, 'no room here');
      case 'blames a sound run':
        return this.#blame(order);
      default:
        return order.stage === 'map' ? this.#map(order) : this.#reduce(order);
    }
  }

  #map(order: NewMapTask): TaskResult {
    const { job_name: script, task_index: map, reduces, lines } = order;
    if (lines?.probe === true) {
      this.#world.totals.fault('search for bad records');
      return { ...success([]), lines: linesSeen(order, false) };
    }
    const without = lines?.except.map(({ line }) => line) ?? [];
    const output = { script, map, without };
    const result =
      reduces === 0 ? this.#part(order, mapOnlyPart(output)) : this.#run(order, output);
    if (without.length === 0 || result.outcome !== 'finished') return result;
    return this.#keepLeftOut(order, without) ?? withLeftOut(result, map, without);
  }

  #run(order: NewMapTask, output: MapOutput): TaskResult {
    const content = runContent(output, order.reduces);
    const problem = this.#tryToWrite(runOf(order), content);
    return problem ?? success([{ name: 'run', bytes: content.length }]);
  }

  #keepLeftOut(order: NewMapTask, without: readonly number[]): TaskFailure | undefined {
    const { disk } = this.#world;
    const directory = attemptDirectory(order.staging_directory, order);
    const inside = `${directory}/${BAD_RECORDS_NAME}`;
    const { lines, records } = leftOut(order.task_index, without);
    try {
      if (!disk.find(directory)) disk.makeDirectory(directory);
      disk.makeDirectory(inside);
      writeThrough(this.#world, `${inside}/${BAD_RECORD_FILES.lines}`, lines);
      writeThrough(this.#world, `${inside}/${BAD_RECORD_FILES.records}`, records);
      const attempts = directory.slice(0, directory.lastIndexOf('/'));
      disk.sync(attempts, disk.directory(attempts));
      return undefined;
    } catch (error) {
      return failure(order, 'unfit', String(error));
    }
  }

  /** Merges what the manifest names; the first run that is not whole is reported. */
  #reduce(order: NewReduceTask): TaskResult {
    const { disk } = this.#world;
    let text = '';
    let entries: readonly ManifestEntry[];
    try {
      entries = JSON.parse(disk.file(order.manifest_path).content.toString());
    } catch (error) {
      return failure(order, 'unfit', `cannot read the manifest: ${String(error)}`);
    }
    for (const { map_index, attempt } of entries) {
      const path = runPath(order.job_directory, map_index, attempt);
      const node = disk.find(path);
      const content = node?.kind === 'file' ? node.content.toString() : '';
      const found = readRun(content, map_index, order.task_index);
      if (typeof found === 'string') {
        return { ...failure(order, 'unfit', found), bad_run: { map_index, attempt } };
      }
      text += found.text;
    }
    return this.#part(order, text);
  }

  /** It cannot read a run that everybody else can. */
  #blame(order: TaskOrderMessage): TaskResult {
    this.#world.totals.fault('sound run reported');
    const map_index = this.#world.dice.whole(0, 2);
    const node = this.#world.disk.find(`${order.job_directory}/map`);
    const names = node?.kind === 'directory' ? [...node.names.keys()] : [];
    const prefix = `map-${String(map_index).padStart(5, '0')}.`;
    const name = names.findLast((each) => each.startsWith(prefix));
    const attempt = Number(name?.slice(prefix.length, -'.run'.length) ?? 1);
    return { ...failure(order, 'unfit', 'input/output error'), bad_run: { map_index, attempt } };
  }

  #part(order: TaskOrderMessage, text: string): TaskResult {
    const directory = attemptDirectory(order.staging_directory, order);
    const { disk } = this.#world;
    try {
      if (this.#worker.hasNoRoom) throw systemError('ENOSPC', directory);
      if (!disk.find(directory)) disk.makeDirectory(directory);
      writeThrough(this.#world, `${directory}/${PART_NAME}`, text);
    } catch (error) {
      return failure(order, 'unfit', String(error));
    }
    return success([{ name: PART_NAME, bytes: Buffer.byteLength(text) }]);
  }

  #tryToWrite(path: string, content: string): TaskFailure | undefined {
    try {
      if (this.#worker.hasNoRoom) throw systemError('ENOSPC', path);
      writeThrough(this.#world, path, content);
      return undefined;
    } catch (error) {
      return failure(undefined, 'unfit', String(error));
    }
  }

  #say({ slot, order }: Running, event: SlotEvent): void {
    this.#push({ type: 'slot', slot, attempt: attemptRefOf(order), event });
  }

  #ended(attempt: Running, result: TaskResult): void {
    this.#running.delete(attemptKey(attempt.order));
    this.#world.audit.slotEnds(this.#worker, attempt.order, result);
    this.#say(attempt, { type: 'ended', result });
  }
}

function runOf(order: TaskOrderMessage): string {
  return runPath(order.job_directory, order.task_index, order.attempt);
}

/** Workers' files are safe when they say so; what is lost of them is a fault of its own kind. */
function writeThrough({ disk }: Surroundings, path: string, content: string): void {
  const file = disk.writeFile(path, content);
  disk.sync(path, file);
  const parent = path.slice(0, path.lastIndexOf('/'));
  const grandparent = parent.slice(0, parent.lastIndexOf('/'));
  for (const directory of [parent, grandparent]) {
    disk.sync(directory, disk.directory(directory));
  }
}
