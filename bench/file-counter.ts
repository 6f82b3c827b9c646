import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const INTERVAL_MS = 100;

/** Looks how many files of map output a cluster has on disk, again and again. */
export class FileCounter {
  readonly #jobs: string;
  readonly #timer: NodeJS.Timeout;
  #peak = 0;

  constructor(sharedDirectory: string) {
    this.#jobs = join(sharedDirectory, 'jobs');
    this.#timer = setInterval(() => this.#count(), INTERVAL_MS);
  }

  /** Gives the most that were there at once. */
  stop(): number {
    clearInterval(this.#timer);
    return this.#peak;
  }

  #count(): void {
    const jobs = listGone(this.#jobs);
    const files = jobs.map((job) => listGone(join(this.#jobs, job, 'map')).length);
    this.#peak = Math.max(this.#peak, ...files);
  }
}

/** A job may be removed meanwhile. */
function listGone(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
