import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Cluster, type Program, scratch } from './cluster.ts';
import { open } from './gate.ts';

export interface JobOfLoneWorker {
  /** Contents of the files that it reads, by name. */
  readonly inputs: Readonly<Record<string, string>>;
  /**
   * Writes the programs, one of which runs `hold` in the reduce during which the Worker is lost.
   * @returns options of the job, without input and output
   */
  readonly prepare: (directory: string, hold: string) => Promise<readonly string[]>;
  /** What the Manager says of a task when that reduce runs. */
  readonly held: RegExp;
}

/** A job whose only Worker is gone. */
export interface LeftJob {
  readonly cluster: Cluster;
  readonly client: Program;
  /** Of the client; the job's output is `out` in it. */
  readonly directory: string;
  /** Where the runs of its maps are. */
  readonly runs: string;
  /** Has another Worker, `w2`, do the rest. */
  readonly goOn: () => Promise<void>;
}

/** Runs a job on a Worker, `w1`, of one slot, until it is lost in the middle of a reduce. */
export async function loseLoneWorker(job: JobOfLoneWorker): Promise<LeftJob> {
  const cluster = await Cluster.start({
    manager: ['--heartbeat-interval', '400ms'],
    workers: [['--slots', '1', '--name', 'w1']],
  });
  const directory = await scratch();
  const gate = join(directory, 'gate');
  await mkdir(join(directory, 'in'));
  for (const [name, content] of Object.entries(job.inputs)) {
    await writeFile(join(directory, 'in', name), content);
  }
  const options = await job.prepare(directory, `while [ ! -e '${gate}' ]; do sleep 0.05; done`);
  const client = cluster.submitting(['-i', 'in', '-o', 'out', ...options], { cwd: directory });
  await cluster.manager.said(job.held);
  cluster.workers[0]?.signal('SIGKILL');
  await cluster.manager.said(/w1 is lost/);
  return {
    cluster,
    client,
    directory,
    runs: join(cluster.sharedDirectory, 'jobs/job-0001/map'),
    goOn: async () => {
      await open(gate);
      await cluster.addWorker(['--slots', '1', '--name', 'w2']);
      expect(await client.exited, client.stderr).toBe(0);
    },
  };
}
