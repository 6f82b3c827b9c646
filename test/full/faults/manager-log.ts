import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from '../../e2e/cluster.ts';

/** What the Manager's log and the log of a job say happened to the tasks of a job. */

/** How an attempt ended, as `joblog.tsv` says. */
export interface AttemptEnd {
  readonly attempt: string;
  readonly worker: string;
  readonly outcome: string;
}

/** Each attempt of a job that has ended. */
export async function attemptEnds(cluster: Cluster, job: string): Promise<AttemptEnd[]> {
  const path = join(cluster.sharedDirectory, 'jobs', job, 'joblog.tsv');
  const [, ...rows] = (await readFile(path, 'utf8')).trimEnd().split('\n');
  return rows.map((row) => {
    const [attempt = '', worker = '', , , , , outcome = ''] = row.split('\t');
    return { attempt, worker, outcome };
  });
}

/** `w2` for each commit of a task, oldest first: more than one is a double commit. */
export function committers(cluster: Cluster, job: string, task: string): string[] {
  return found(cluster, new RegExp(`${job}/${task}\\.\\d+ committed by (\\S+)`, 'g'));
}

/** Each commit of a job as a task, `map-00000`, in byte order. */
export function committedTasks(cluster: Cluster, job: string): string[] {
  return found(cluster, new RegExp(`${job}/(\\S+)\\.\\d+ committed by`, 'g')).toSorted();
}

/** Each start of an attempt of a job, `w1 map-00000.1`, in byte order. */
export function startedAttempts(cluster: Cluster, job: string): string[] {
  return found(cluster, new RegExp(`(\\S+ started ${job}/\\S+)`, 'g'))
    .map((line) => line.replace(`started ${job}/`, ''))
    .toSorted();
}

function found(cluster: Cluster, pattern: RegExp): string[] {
  return [...cluster.manager.stderr.matchAll(pattern)].map((match) => match[1] ?? '');
}
