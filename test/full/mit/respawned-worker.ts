import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { type Cluster, stop } from '../../e2e/cluster.ts';
import { scaledMs } from '../dials.ts';

/** A loop that starts a Worker again, a second after it died, until the test ends. */
export class RespawnedWorker {
  /** How often its Worker died. */
  deaths = 0;
  readonly #name: string;
  readonly #cluster: Cluster;
  readonly #marks: string;
  readonly #stop = new AbortController();

  private constructor(cluster: Cluster, name: string, marks: string) {
    this.#cluster = cluster;
    this.#name = name;
    this.#marks = marks;
  }

  /** Programs find the process id of their Worker in `marks`. */
  static start(cluster: Cluster, name: string, marks: string): RespawnedWorker {
    const loop = new RespawnedWorker(cluster, name, marks);
    const done = loop.#run();
    onTestFinished(async () => {
      loop.#stop.abort();
      await Promise.all(cluster.workers.map(stop));
      await done;
    });
    return loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const worker = this.#cluster.spawnWorker(['--slots', '1', '--name', this.#name]);
      await writeFile(join(this.#marks, `pid-${this.#name}`), String(worker.pid));
      await worker.exited;
      this.deaths += 1;
      await delay(scaledMs(1), undefined, { signal }).catch(() => undefined);
    }
  }
}
