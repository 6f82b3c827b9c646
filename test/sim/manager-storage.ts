import { preparePublish } from '../../src/manager/publish/prepare-publish.ts';
import { oldDirectory } from '../../src/manager/publish/output-names.ts';
import { publish } from '../../src/manager/publish/publish.ts';
import type { ManagerCommand } from '../../src/manager/scheduler/commands.ts';
import type { ManagerEvent } from '../../src/manager/scheduler/events.ts';
import { jobDirectory, jobFilePath, runPath } from '../../src/protocol/job-layout.ts';
import { planFor, readRun } from './job-script.ts';
import { SHARED, type Surroundings } from './surroundings.ts';
import { type FileNode, type SimDisk, systemError } from './sim-disk.ts';
import type { SimFiles } from './sim-files.ts';

type CommandOf<T extends ManagerCommand['type']> = Extract<ManagerCommand, { type: T }>;
type Outcome = Promise<ManagerEvent | undefined>;

/**
 * The Manager's file work on the virtual disk. Publishing is the real code; the rest does what
 * `src/manager/perform-*.ts` do, call by call, so that a crash may come between any two.
 */
export class ManagerStorage {
  readonly #world: Surroundings;
  readonly #files: SimFiles;

  constructor(world: Surroundings, files: SimFiles) {
    this.#world = world;
    this.#files = files;
  }

  /** @returns undefined for commands that are not about files */
  perform(command: ManagerCommand): Outcome | undefined {
    switch (command.type) {
      case 'prepare_job':
        return this.#prepareJob(command);
      case 'make_staging':
        return this.#makeStaging(command);
      case 'check_outputs':
        return this.#checkOutputs(command);
      case 'check_run':
        return this.#checkRun(command);
      case 'write_manifest':
        return this.#writeManifest(command);
      case 'prepare_publish':
        return this.#preparePublish(command);
      case 'publish':
        return this.#publish(command);
      case 'clean_up':
        return this.#cleanUp(command);
      case 'remove_job_files':
        return this.#removeJobFiles(command);
      default:
        return undefined;
    }
  }

  async #prepareJob({ request, spec }: CommandOf<'prepare_job'>): Outcome {
    const script = this.#world.scripts.get(spec.job_name ?? '');
    if (!script) return { type: 'job_refused', request, reason: 'nobody knows this job' };
    const names = await this.#files
      .call('read', script.output, (disk) => [...disk.directory(script.output).names.keys()])
      .catch(() => []);
    if (names.length > 0 && !script.overwrites) {
      return { type: 'job_refused', request, reason: `"${script.output}" is not empty` };
    }
    return { type: 'job_prepared', request, plan: planFor(script) };
  }

  /** What was made before a failure goes again. */
  async #makeStaging(command: CommandOf<'make_staging'>): Outcome {
    const { jobId, place, plan } = command;
    const directory = jobDirectory(SHARED, jobId);
    const made: string[] = [];
    const make = async (path: string): Promise<void> => {
      await this.#files.call('write', path, (disk) => disk.makeDirectory(path));
      made.push(path);
    };
    try {
      await make(directory);
      await make(`${directory}/map`);
      await this.#writeSafely(jobFilePath(SHARED, jobId), JSON.stringify(plan.maps));
      await this.#syncDirectory(directory);
      await this.#syncDirectory(`${SHARED}/jobs`);
      await make(place.stagingDirectory);
      await make(`${place.stagingDirectory}/attempts`);
      await this.#syncDirectory(place.stagingDirectory);
      await this.#syncDirectory(parentOf(place.stagingDirectory));
      return { type: 'staging_made', jobId };
    } catch (error) {
      for (const path of made.toReversed()) await this.#remove(path).catch(() => undefined);
      return { type: 'staging_failed', jobId, reason: String(error) };
    }
  }

  async #checkOutputs({ attempt, files }: CommandOf<'check_outputs'>): Outcome {
    let problem: string | null = null;
    for (const { path, bytes } of files) {
      problem ??= await this.#files
        .call('read', path, (disk) => this.#seen(path, disk).content.length)
        .then((length) => (length === bytes ? null : `"${path}" has another size`))
        .catch((error: unknown) => `"${path}" cannot be read: ${String(error)}`);
    }
    return { type: 'outputs_checked', attempt, problem };
  }

  #seen(path: string, disk: SimDisk): FileNode {
    const { dice, health, totals } = this.#world;
    if (!dice.chance(health.unseen)) return disk.file(path);
    totals.fault('output not seen yet');
    throw systemError('ENOENT', path);
  }

  async #checkRun({ run }: CommandOf<'check_run'>): Outcome {
    const path = runPath(jobDirectory(SHARED, run.job_id), run.task_index, run.attempt);
    const problem = await this.#files
      .call('read', path, (disk) => disk.file(path).content.toString())
      .then((content) => readRun(content, run.task_index, 0))
      .then((found) => (typeof found === 'string' ? found : null))
      .catch((error: unknown) => String(error));
    return { type: 'run_checked', run, problem };
  }

  async #writeManifest({ jobId, version, entries }: CommandOf<'write_manifest'>): Outcome {
    const path = `${jobDirectory(SHARED, jobId)}/manifest.${String(version)}`;
    const temporary = `${path}.tmp`;
    try {
      await this.#files.call('write', temporary, (disk) =>
        disk.writeFile(temporary, JSON.stringify(entries)),
      );
      await this.#files.call('write', path, (disk) => disk.rename(temporary, path));
      return { type: 'manifest_written', jobId, version, path };
    } catch (error) {
      return { type: 'storage_failed', jobId, reason: String(error) };
    }
  }

  async #preparePublish(command: CommandOf<'prepare_publish'>): Outcome {
    const { jobId } = command;
    try {
      const prepared = await preparePublish(command, this.#files.asFileSystem());
      return { type: 'publish_prepared', jobId, ...prepared };
    } catch (error) {
      return { type: 'publish_failed', jobId, reason: String(error) };
    }
  }

  async #publish(command: CommandOf<'publish'>): Outcome {
    const { jobId } = command;
    try {
      await publish(command, this.#files.asFileSystem());
      return { type: 'published', jobId };
    } catch (error) {
      return { type: 'publish_failed', jobId, reason: String(error) };
    }
  }

  async #cleanUp({ jobId, place, keepIntermediates }: CommandOf<'clean_up'>): Outcome {
    const gone = async (path: string): Promise<void> => {
      await this.#remove(path).catch(() => undefined);
    };
    const old = oldDirectory(place, jobId);
    await gone(place.stagingDirectory);
    if (keepIntermediates) return { type: 'cleaned_up', jobId, keptBytes: 1000 };
    await gone(old);
    await gone(`${jobDirectory(SHARED, jobId)}/map`);
    return { type: 'cleaned_up', jobId, keptBytes: 0 };
  }

  async #removeJobFiles({ jobId }: CommandOf<'remove_job_files'>): Outcome {
    await this.#remove(jobDirectory(SHARED, jobId)).catch(() => undefined);
    return { type: 'job_files_removed', jobId, freedBytes: 1000 };
  }

  async #writeSafely(path: string, content: string): Promise<void> {
    await this.#files.call('write', path, (disk) => disk.writeFile(path, content));
    await this.#files.call('sync', path, (disk) => disk.sync(path, disk.file(path)));
  }

  #syncDirectory(path: string): Promise<void> {
    return this.#files.call('sync', path, (disk) => disk.sync(path, disk.directory(path)));
  }

  async #remove(path: string): Promise<void> {
    await this.#files.call('write', path, (disk) => {
      if (disk.find(path)) disk.remove(path);
    });
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
