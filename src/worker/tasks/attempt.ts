import { mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { attemptName, jobName } from '../../protocol/ids.ts';
import { attemptDirectory, SIDE_FILES_NAME, stderrPath } from '../../protocol/job-layout.ts';
import type { OutputFile } from '../../protocol/worker-messages.ts';
import { makeAttemptDirectory, removeAttemptDirectory } from './attempt-directory.ts';
import { AttemptKilled } from './attempt-failure.ts';
import type { AttemptProgress } from './attempt-progress.ts';
import { AttemptPrograms } from './attempt-programs.ts';
import { listSideFiles } from './side-files.ts';
import type { SlotContext } from './slot-context.ts';
import type { TaskFailure, TaskOrderMessage } from './task-result.ts';

export interface AttemptOptions {
  readonly order: TaskOrderMessage;
  readonly context: SlotContext;
  readonly signal: AbortSignal;
  readonly progress: AttemptProgress;
}

/**
 * What map and reduce attempts have in common: the directories they own, the programs they run and
 * the log they leave. Only directories of their own are made here; the Manager has made those
 * around them, so that an attempt of a job that is gone finds no place to write to.
 */
export class Attempt {
  readonly context: SlotContext;
  readonly progress: AttemptProgress;
  readonly programs: AttemptPrograms;
  /** What the mapper reads just now. */
  input: TaskFailure['input'] = null;
  readonly #options: AttemptOptions;
  readonly #localDirectory: string;
  readonly #stagedDirectory: string;
  readonly #sideDirectory: string;
  readonly #discards: (() => void)[] = [];

  /** Makes the directories. @throws errors of the file system */
  constructor(options: AttemptOptions) {
    const { context, order, progress, signal } = options;
    this.context = context;
    this.progress = progress;
    this.#options = options;
    this.#localDirectory = join(
      context.directory,
      `${jobName(order.job_id)}-${attemptName(order)}`,
    );
    this.#stagedDirectory = attemptDirectory(order.staging_directory, order);
    this.#sideDirectory = join(this.#stagedDirectory, SIDE_FILES_NAME);
    try {
      mkdirSync(this.#stagedDirectory);
      mkdirSync(this.#sideDirectory);
      const shared = resolve(order.job_directory, '../..');
      makeAttemptDirectory(this.#localDirectory, order.files, shared);
    } catch (error) {
      this.discard();
      removeAttemptDirectory(this.#localDirectory);
      throw error;
    }
    this.programs = new AttemptPrograms({
      order,
      context,
      directory: this.#localDirectory,
      sideDirectory: this.#sideDirectory,
      signal,
      progress,
    });
  }

  throwIfKilled(): void {
    if (this.#options.signal.aborted) throw new AttemptKilled();
  }

  get signal(): AbortSignal {
    return this.#options.signal;
  }

  /** Makes a local directory for files of merges; programs do not look there. */
  makeScratchDirectory(): string {
    const path = `${this.#localDirectory}.merge`;
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  }

  /**
   * Lists the side files; removes their directory, and then ours, where nothing is in them.
   * @param leftOut other files in ours
   */
  takeSideFiles(leftOut: readonly OutputFile[] = []): readonly OutputFile[] {
    const files = listSideFiles(this.#sideDirectory, this.#options.order.output_mode);
    if (files.length > 0) return files;
    rmdirSync(this.#sideDirectory);
    if (
      leftOut.length === 0 &&
      this.#options.order.stage === 'map' &&
      this.#options.order.reduces > 0
    )
      rmdirSync(this.#stagedDirectory);
    return files;
  }

  /** What else to do when the attempt does not succeed. */
  whenDiscarded(action: () => void): void {
    this.#discards.push(action);
  }

  /** Removes what was written for others: the attempt has not succeeded. */
  discard(): void {
    for (const action of this.#discards) action();
    rmSync(this.#stagedDirectory, { recursive: true, force: true });
  }

  /** Leaves the log and removes the local directories. Never throws: the result stands. */
  close(): void {
    const { order } = this.#options;
    const { log, preamble } = this.programs;
    const content = Buffer.concat([Buffer.from(preamble), log.content()]);
    tolerate(() => {
      writeFileSync(stderrPath(order.job_directory, order), content);
    });
    tolerate(() => {
      removeAttemptDirectory(this.#localDirectory);
      if (order.stage === 'reduce') removeAttemptDirectory(`${this.#localDirectory}.merge`);
    });
  }
}

/** What is left behind is swept with the job, or with the Worker's directory. */
function tolerate(action: () => void): void {
  try {
    action();
  } catch {
    // The storage that fails here fails attempts too, and those say so.
  }
}
