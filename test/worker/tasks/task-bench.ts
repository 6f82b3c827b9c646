import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runPath, shippedFilePath, stderrPath } from '../../../src/protocol/job-layout.ts';
import { rulesOf, type ShippedFile } from '../../../src/protocol/job-spec.ts';
import { compressionOf } from '../../../src/inputs/compression.ts';
import type {
  NewMapTask,
  NewReduceTask,
  Piece,
  TaskOrder,
} from '../../../src/protocol/manager-orders.ts';
import { Arena } from '../../../src/shuffle/arena.ts';
import { RunMemory } from '../../../src/shuffle/run-memory.ts';
import { FifoPool } from '../../../src/runtime/launch/fifos.ts';
import { LauncherPool } from '../../../src/runtime/launch/launcher-pool.ts';
import { systemTimer } from '../../../src/worker/program/system-timer.ts';
import { runAttempt } from '../../../src/worker/tasks/run-attempt.ts';
import type { SlotContext } from '../../../src/worker/tasks/slot-context.ts';
import type {
  SlotEvent,
  TaskFailure,
  TaskOrderMessage,
  TaskResult,
  TaskSuccess,
} from '../../../src/worker/tasks/task-result.ts';
import { freshDirectory } from '../../runtime/programs/fresh-directory.ts';

type MapFields = Partial<Omit<NewMapTask, 'message_type' | 'stage'>>;
type ReduceFields = Partial<Omit<NewReduceTask, 'message_type' | 'stage'>>;

/** One job's directories, as the Manager makes them, and a slot that runs its tasks in this thread. */
export class TaskBench {
  readonly directory = freshDirectory();
  readonly shared = join(this.directory, 'shared');
  readonly jobDirectory = join(this.shared, 'jobs/job-0007');
  readonly staging = join(this.directory, 'out/.words.job-0007');
  readonly slotDirectory = join(this.directory, 'work/slot-0');
  readonly events: SlotEvent[] = [];
  readonly context: SlotContext;
  /** Called whenever an attempt waits before it looks at a run again. */
  onRetry: () => void = () => undefined;
  #nowMs = 0;

  constructor(options: { sortBufferBytes?: number; path?: string } = {}) {
    for (const path of ['map', 'logs'])
      mkdirSync(join(this.jobDirectory, path), { recursive: true });
    mkdirSync(join(this.shared, 'files'));
    mkdirSync(join(this.staging, 'attempts'), { recursive: true });
    const fifos = new FifoPool(join(this.slotDirectory, 'fifos'), 2);
    this.context = {
      directory: this.slotDirectory,
      workerId: 'test-1',
      sortBufferBytes: options.sortBufferBytes ?? 4 * 1024 * 1024,
      arena: new Arena(),
      runMemory: new RunMemory(),
      readBuffer: Buffer.alloc(64 * 1024),
      host: {
        fifos,
        starter: new LauncherPool({
          bash: '/bin/bash',
          fifos,
          marks: {},
          launchers: { add: () => undefined, remove: () => undefined },
        }),
        timer: systemTimer,
        guard: { add: () => undefined, remove: () => undefined },
      },
      guardNonce: 'nonce',
      environment: { ...process.env, ...(options.path && { PATH: options.path }) },
    };
  }

  /** Writes an input file and gives the piece that is all of it. */
  input(name: string, content: string | Uint8Array): Piece {
    const path = join(this.directory, name);
    writeFileSync(path, content);
    return this.piece(path);
  }

  piece(path: string, start = 0, length = statSync(path).size - start): Piece {
    const { size, ino, mtimeMs } = statSync(path);
    return {
      path,
      start,
      length,
      file_bytes: size,
      inode: ino,
      mtime_ms: mtimeMs,
      compression: compressionOf(path),
    };
  }

  /** Puts a file into the shared directory, as if a client had shipped it. */
  ship(path: string, content: string, mode = 0o755): ShippedFile {
    const sha256 = createHash('sha256').update(content).digest('hex');
    writeFileSync(shippedFilePath(this.shared, sha256), content);
    return { path, sha256, bytes: Buffer.byteLength(content), mode };
  }

  mapOrder(fields: MapFields = {}): NewMapTask {
    return {
      ...this.#order(),
      message_type: 'new_map_task',
      stage: 'map',
      mapper: 'cat',
      combiner: null,
      reducer: null,
      pieces: [],
      last_map: false,
      ...fields,
    };
  }

  reduceOrder(fields: ReduceFields = {}): NewReduceTask {
    return {
      ...this.#order(),
      message_type: 'new_reduce_task',
      stage: 'reduce',
      reducer: 'cat',
      combiner: null,
      manifest_path: join(this.jobDirectory, 'manifest'),
      ...fields,
    };
  }

  /** Names the runs of these map tasks, each by its first attempt, for reduce tasks. */
  writeManifest(maps: number): void {
    const lines = Array.from({ length: maps }, (_, index) =>
      JSON.stringify({ map_index: index, attempt: 1 }),
    );
    writeFileSync(join(this.jobDirectory, 'manifest'), `${lines.join('\n')}\n`);
  }

  /** Runs an attempt; time of retries is virtual. */
  async run(
    order: TaskOrderMessage,
    options: { signal?: AbortSignal; onEvent?: (event: SlotEvent) => void } = {},
  ): Promise<TaskResult> {
    let result: TaskResult | undefined;
    await runAttempt(order, {
      context: this.context,
      signal: options.signal ?? new AbortController().signal,
      timing: {
        nowMs: () => this.#nowMs,
        sleep: (delayMs) => {
          this.#nowMs += delayMs;
          this.onRetry();
          return Promise.resolve();
        },
      },
      onEvent: (event) => {
        this.events.push(event);
        if (event.type === 'ended') result = event.result;
        options.onEvent?.(event);
      },
    });
    if (!result) throw new Error('the attempt ended without an event');
    return result;
  }

  async succeed(order: TaskOrderMessage): Promise<TaskSuccess> {
    const result = await this.run(order);
    if (result.outcome !== 'finished') throw new Error(JSON.stringify(result));
    return result;
  }

  async fail(order: TaskOrderMessage): Promise<TaskFailure> {
    const result = await this.run(order);
    if (result.outcome === 'finished' || result.outcome === 'killed')
      throw new Error(JSON.stringify(result));
    return result;
  }

  /** The part of an attempt, as text. */
  part(attempt: string): string {
    return readFileSync(join(this.staging, 'attempts', attempt, 'part'), 'utf8');
  }

  log(order: TaskOrderMessage): string {
    return readFileSync(stderrPath(this.jobDirectory, order), 'utf8');
  }

  run1Path(mapIndex: number): string {
    return runPath(this.jobDirectory, mapIndex, 1);
  }

  #order(): Omit<TaskOrder, 'stage'> {
    return {
      epoch: 1,
      number: 1,
      job_id: 7,
      task_index: 0,
      attempt: 1,
      job_name: 'words',
      job_directory: this.jobDirectory,
      staging_directory: this.staging,
      files: [],
      environment: {},
      task_timeout_ms: 0,
      max_record_bytes: 1024 * 1024,
      rules: rulesOf({
        input_directory: '/in',
        output_directory: '/out',
        mapper_executable: 'cat',
      }),
      output_mode: 0o640,
      reduces: 0,
    };
  }
}
