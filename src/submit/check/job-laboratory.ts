import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobReport } from '../../protocol/job-report.ts';
import { UserError } from '../../runtime/user-error.ts';
import type { Client } from '../client.ts';
import { connectSession } from '../connect.ts';
import { delay } from '../delay.ts';
import { JobFollower } from '../follow-job.ts';
import { exitCodeOf, type Interrupts } from '../interrupts.ts';
import { jobRequest, submitterName } from '../job-request.ts';
import type { ManagerAddress } from '../manager-address.ts';
import type { CheckedPrograms } from '../preflight.ts';
import type { JobOptions } from '../read-options.ts';
import { shipFiles } from '../ship-files.ts';
import { waitForJob } from '../wait.ts';
import type { Laboratory } from './laboratory.ts';
import type { Lines } from './line-difference.ts';
import type { Ran } from './observations.ts';
import { takeLines } from './read-parts.ts';
import { type Source, type Trial, trialOptions } from './trial.ts';

/** After so long also a clock that counts seconds shows another time. */
const LATER_MS = 1_100;

export interface JobLaboratoryOptions {
  readonly address: ManagerAddress;
  readonly job: JobOptions;
  readonly programs: CheckedPrograms;
  readonly client: Client;
  readonly interrupts: Interrupts;
  /** For what trials read. */
  readonly directory: string;
  readonly onTrial: (trial: Trial, ran: Ran) => void;
}

/** Tries programs as jobs of their own, on the same way as every job. */
export class JobLaboratory implements Laboratory {
  readonly #options: JobLaboratoryOptions;
  /** When each trial was over, by its title. */
  readonly #endedMs = new Map<string, number>();

  constructor(options: JobLaboratoryOptions) {
    this.#options = options;
  }

  async run(trial: Trial): Promise<Ran> {
    const report = await this.#runJob(trialOptions(this.#options.job, trial));
    this.#endedMs.set(trial.title, this.#options.client.clock.nowMs());
    const ran: Ran =
      report.outcome === 'succeeded'
        ? { outcome: 'written', lines: await takeLines(report), splits: report.maps.tasks }
        : { outcome: 'failed', report };
    this.#options.onTrial(trial, ran);
    return ran;
  }

  async again(trial: Trial): Promise<Ran> {
    const { clock } = this.#options.client;
    const endedMs = this.#endedMs.get(trial.title) ?? clock.nowMs();
    await delay(clock, endedMs + LATER_MS - clock.nowMs());
    return this.run({ ...trial, title: `${trial.title}, again` });
  }

  async write(name: string, lines: Lines): Promise<Source> {
    const { directory } = this.#options;
    const path = join(directory, name);
    const content = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1');
    await mkdir(directory, { recursive: true });
    await writeFile(path, content);
    return { paths: [path], bytes: content.length };
  }

  async #runJob(job: JobOptions): Promise<JobReport> {
    const { address, client, interrupts, programs } = this.#options;
    const session = await connectSession(address);
    try {
      await shipFiles(session, programs.files);
      const { files } = programs;
      const details = { ...client, files, dryRun: false, submittedBy: submitterName() };
      const request = await jobRequest(job, details);
      const accepted = await session.request(request, 'job_accepted');
      const follower = new JobFollower(session, accepted.job, {
        reconnect: () => connectSession(address),
        address,
        clock: client.clock,
        onEvent: ignore,
        onConnection: ignore,
      });
      const result = await waitForJob(follower, {
        job: accepted.job,
        interrupts,
        clock: client.clock,
        timeoutMs: undefined,
        onSignal: 'cancel',
        say: ignore,
      });
      if (result.kind === 'ended' && result.signal === undefined) return result.report;
      const exitCode =
        result.kind === 'timed_out' ? undefined : exitCodeOf(result.signal ?? 'SIGINT');
      throw new UserError('Interrupted: nothing was checked', exitCode);
    } finally {
      session.close();
    }
  }
}

function ignore(): void {
  // Only how a trial ends is of interest.
}
