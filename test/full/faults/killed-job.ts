import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Cluster, Program } from '../../e2e/cluster.ts';
import { script } from '../../e2e/gate.ts';
import { parts, sortedLines } from '../../e2e/shell.ts';
import { type JobInJournal, jobInJournal, type Stage } from './dead-journal.ts';

/** One job whose Managers are killed, and what journal, log of attempts and programs say of it. */

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const SHAPE = { maps: NAMES.length, reduces: 3 };
const TASKS = SHAPE.maps + SHAPE.reduces;

export const INPUTS: ReadonlyMap<string, string> = new Map(
  NAMES.map((name) => [name, `${name}\t1\n`]),
);

/** Programs that note their start and then take a third of a second. */
export function writeProgram(directory: string): Promise<string> {
  const note = `echo "$mapreduce_task_attempt_id" >>'${directory}'/starts-$ROUND`;
  return script(directory, 'slow.sh', `${note}; sleep 0.3; exec cat`);
}

/** What was so when a Manager died. */
interface Death {
  readonly journal: JobInJournal;
  /** How many programs had been started. */
  readonly starts: number;
}

export class KilledJob {
  readonly client: Program;
  /** Attempts that ran for nothing: their Manager died before it had noted them. */
  startedInVain = 0;
  readonly #cluster: Cluster;
  readonly #output: string;
  readonly #startsFile: string;
  readonly #deaths: Death[] = [];
  readonly #earlierManagers: number;
  /** What the first Manager has said so far is of earlier jobs. */
  #saidBefore: number;

  constructor(cluster: Cluster, directory: string, round: number) {
    this.#cluster = cluster;
    this.#earlierManagers = cluster.managers.length - 1;
    this.#output = join(directory, `out-${String(round)}`);
    this.#startsFile = join(directory, `starts-${String(round)}`);
    this.#saidBefore = cluster.manager.stderr.length;
    const programs = ['-m', './slow.sh', '-r', './slow.sh', '--env', `ROUND=${String(round)}`];
    const shape = ['--split-size', '4', '--num-reducers', String(SHAPE.reduces)];
    const job = ['-i', 'in', '-o', this.#output, ...programs, ...shape, '--json'];
    this.client = cluster.submitting(job, { cwd: directory });
  }

  /** Waits for what the present Manager says, and so many lines more; false if the job ends before. */
  async says(pattern: RegExp, moreLines: number): Promise<boolean> {
    const { manager } = this.#cluster;
    const from = this.#saidBefore;
    const lines = new RegExp(`(?:[^\\n]*\\n){${String(moreLines)}}`);
    const both = manager.said(pattern, from).then(async (found) => {
      await manager.said(lines, from + found.index + found[0].length);
      return true;
    });
    return Promise.race([both, this.client.exited.then(() => false)]);
  }

  /** @returns where the job was, and whether programs of it ran */
  async killManager(): Promise<{ readonly stage: Stage; readonly isRunning: boolean }> {
    const { manager, sharedDirectory } = this.#cluster;
    manager.signal('SIGKILL');
    await manager.exited;
    const starts = this.#starts();
    const journal = await jobInJournal(sharedDirectory, this.#output, SHAPE);
    this.#deaths.push({ journal, starts: starts.length });
    this.#saidBefore = 0;
    await this.#cluster.spawnManager().said(/listening/);
    const done = new Set(journal.committed.values());
    return { stage: journal.stage, isRunning: starts.some((attempt) => !done.has(attempt)) };
  }

  /** The job succeeds with the right output; whatever began to run is what counts, once. */
  async expectNothingLost(): Promise<void> {
    const { client } = this;
    expect(await client.exited, client.stderr).toBe(0);
    const output = parts(this.#output);
    expect(output.split('\n').length).toBe(NAMES.length + 1);
    expect(sortedLines(output).slice(1)).toEqual(NAMES.map((name) => `${name}\t1`));
    const nothing = { failed: 0, lost: 0, unfit: 0, backups: 0 };
    const report = JSON.parse(client.stdout) as { readonly job: string };
    expect(report, client.stderr).toMatchObject({
      maps: { ...nothing, tasks: SHAPE.maps },
      reduces: { ...nothing, tasks: SHAPE.reduces },
    });
    this.#expectNothingTwice();
    const path = join(this.#cluster.sharedDirectory, 'jobs', report.job, 'joblog.tsv');
    const last = await jobInJournal(this.#cluster.sharedDirectory, this.#output, SHAPE);
    this.#expectAllAdopted(readFileSync(path, 'utf8'), last);
  }

  /** What one Manager has committed no later one hands out, and no Worker runs again. */
  #expectNothingTwice(): void {
    const starts = this.#starts();
    for (const [index, { journal, starts: before }] of this.#deaths.entries()) {
      const isCommitted = (task: string): boolean => journal.committed.has(task);
      const later = starts.slice(before).map(taskOf);
      expect(later.filter(isCommitted), 'runs again').toEqual([]);
      for (const next of this.#deaths.slice(index + 1)) {
        const handedOut = next.journal.dispatched.map(taskOf);
        expect(handedOut.filter(isCommitted), 'is handed out again').toEqual([]);
        // The next journal may know nothing of the job's tasks any more: it has ended.
        if (next.journal.stage === 'clean-up') continue;
        expect(next.journal.committed).toEqual(
          new Map([...next.journal.committed, ...journal.committed]),
        );
      }
    }
  }

  /** Whatever a dead Manager had noted as handed out, and was begun, is what counts in the end. */
  #expectAllAdopted(log: string, last: JobInJournal): void {
    const starts = this.#starts();
    expect(new Set(starts.map(taskOf)).size).toBe(TASKS);
    const rows = log.trim().split('\n').slice(1);
    const finished = rows.map((row) => row.split('\t')).filter((row) => row[6] === 'finished');
    // A Manager may die between a commit and its row, or between a row and its commit.
    const logged = finished.map(([attempt = '']) => attempt);
    expect(starts).toEqual(expect.arrayContaining(logged));
    const journals = [...this.#deaths.map(({ journal }) => journal), last];
    const committed = journals.flatMap((journal) => [...journal.committed.values()]);
    expect(starts).toEqual(expect.arrayContaining(committed));
    const counted = new Set([...logged, ...committed]);
    expect(counted.size, this.#story(starts)).toBe(TASKS);
    const noted = new Set(journals.flatMap(({ dispatched }) => dispatched));
    const inVain = starts.filter((attempt) => !counted.has(attempt));
    expect(
      inVain.filter((attempt) => noted.has(attempt)),
      this.#story(starts),
    ).toEqual([]);
    // An order may leave in the moment before it is noted.
    this.startedInVain = inVain.length;
  }

  /** What was started, and what the Managers said while the job ran. */
  #story(starts: readonly string[]): string {
    const managers = this.#cluster.managers.slice(this.#earlierManagers);
    return [starts.join(' '), ...managers.map(({ stderr }) => stderr)].join('\n---\n');
  }

  /** Attempts whose programs were started, in that order. */
  #starts(): string[] {
    const path = this.#startsFile;
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  }
}

function taskOf(attempt: string): string {
  return attempt.replace(/\.\d+$/, '');
}
