import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BIN, type Cluster, type Outcome, run, scratch } from './cluster.ts';

/**
 * A job whose programs copy their stdin aside, so that what they were given is known from
 * themselves.
 */

/** Reads all, keeps a copy, passes lines on; "poison" makes it fail, as a program would. */
const PROGRAM = `#!/bin/sh
tee -a "$ASIDE/\${mapreduce_task_attempt_id:-by-hand}" | awk '
  { print }
  /poison/ { bad = $0 }
  END { if (bad != "") { print "cannot digest: " bad > "/dev/stderr"; exit 7 } }'
`;

export interface Ended extends Outcome {
  /** The attempt that failed. */
  readonly failed: string;
  /** The last line of the report. */
  readonly reproduce: string;
}

export class TaskInputBench {
  readonly directory: string;
  readonly aside: string;

  readonly #cluster: Cluster;

  private constructor(directory: string, cluster: Cluster) {
    this.directory = directory;
    this.#cluster = cluster;
    this.aside = join(directory, 'aside');
    mkdirSync(this.aside);
    mkdirSync(join(directory, 'in'));
    writeFileSync(join(directory, 'program.sh'), PROGRAM, { mode: 0o755 });
  }

  static async make(cluster: Cluster): Promise<TaskInputBench> {
    return new TaskInputBench(await scratch(), cluster);
  }

  put(name: string, content: string): void {
    writeFileSync(join(this.directory, 'in', name), content);
  }

  /** One attempt after another, so that none is killed in the middle when another has failed. */
  async submit(...args: readonly string[]): Promise<Ended> {
    const job = ['-i', 'in', '-o', 'out', '--env', `ASIDE=${this.aside}`];
    const rules = ['--max-attempts', '1', '--max-running', '1'];
    const where = args.includes('--local') ? [] : ['--manager-port', String(this.#cluster.port)];
    const ended = await run('mapreduce-submit', [...where, ...job, ...rules, ...args], {
      cwd: this.directory,
    });
    const [, failed = ''] = /attempt +((?:map|reduce)-\d+\.\d+)/.exec(ended.stderr) ?? [];
    const [, reproduce = ''] = /\nReproduce: (.*)\n$/.exec(ended.stderr) ?? [];
    return { ...ended, failed, reproduce };
  }

  /** What the programs of attempts were given, by the name of the attempt. */
  get read(): ReadonlyMap<string, string> {
    const names = readdirSync(this.aside).toSorted();
    return new Map(names.map((name) => [name, readFileSync(join(this.aside, name), 'latin1')]));
  }

  /** Types a line into bash, where the commands are on the PATH. */
  type(line: string): { code: number | null; stdout: string; stderr: string } {
    const { PATH = '' } = process.env;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', line], {
      cwd: this.directory,
      encoding: 'latin1',
      env: {
        ...process.env,
        PATH: `${BIN}:${PATH}`,
        MAPREDUCE_MANAGER_PORT: String(this.#cluster.port),
        ASIDE: this.aside,
      },
    });
    return { code: status, stdout, stderr };
  }
}

/** Without what `mapreduce input` says about itself. */
export function programsOwn(stderr: string): string {
  return stderr.replaceAll(/^(?:map|reduce)-\d+(?:\.\d+)? of job-.*\n/gm, '');
}

export const LINES = Array.from(
  { length: 4000 },
  (_, index) => `key${String(index % 97)}\t${String(index)}`,
);
export const POISONED = LINES.with(1234, 'poison\tyes');
