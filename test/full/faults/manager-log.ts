import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from '../../e2e/cluster.ts';

/** What the Manager's log and the log of a job say happened to the tasks of a job that has ended. */

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
export function committers(cluster: Cluster, job: string, task: string): Promise<string[]> {
  return found(cluster, job, new RegExp(`${job}/${task}\\.\\d+ committed by (\\S+)`, 'g'));
}

/** Each commit of a job as a task, `map-00000`, in byte order. */
export async function committedTasks(cluster: Cluster, job: string): Promise<string[]> {
  const commits = await found(cluster, job, new RegExp(`${job}/(\\S+)\\.\\d+ committed by`, 'g'));
  return commits.toSorted();
}

/** Each start of an attempt of a job, `w1 map-00000.1`, in byte order. */
export async function startedAttempts(cluster: Cluster, job: string): Promise<string[]> {
  const starts = await found(cluster, job, new RegExp(`(\\S+ started ${job}/\\S+)`, 'g'));
  return starts.map((line) => line.replace(`started ${job}/`, '')).toSorted();
}

/** Lines come in batches: a client may have the report before the log has the last of them. */
async function found(cluster: Cluster, job: string, pattern: RegExp): Promise<string[]> {
  await cluster.manager.said(new RegExp(`${job} succeeded after`));
  return [...cluster.manager.stderr.matchAll(pattern)].map((match) => match[1] ?? '');
}
