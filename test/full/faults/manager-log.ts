import type { Cluster } from '../../e2e/cluster.ts';

/** What the Manager's log says happened to the tasks of a job. */

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
