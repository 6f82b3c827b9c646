import type { JobReport } from '../protocol/job-report.ts';
import { EXIT_CODES } from '../runtime/exit-codes.ts';
import { describeTime } from '../runtime/times.ts';
import type { Client } from './client.ts';
import { exitCodeOf, type Interrupts } from './interrupts.ts';
import { type ManagerAddress, nextCommand } from './manager-address.ts';
import type { JobView } from './progress/job-view.ts';
import type { FailureContext } from './reports/failure-report.ts';
import { successReport } from './reports/success-report.ts';
import type { WaitResult } from './wait.ts';

// What only some ends of a job need is loaded there: a waiting user sees the common one sooner.

/** What is needed to tell the user how a job ended. */
export interface FinishOptions {
  readonly client: Client;
  readonly view: JobView;
  readonly interrupts: Interrupts;
  readonly address: ManagerAddress;
  readonly job: string;
  readonly json: boolean;
  readonly local: boolean;
  /** The job has no `--output`: its result is to be copied to stdout. */
  readonly resultOnStdout: boolean;
  readonly waitTimeoutMs: number | undefined;
  /** How the user calls inputs, where the job knows them under other paths. */
  readonly inputNames?: ReadonlyMap<string, string>;
}

/** Prints how a job ended, or how waiting for it did, and returns the exit code. */
export async function finish(result: WaitResult, options: FinishOptions): Promise<number> {
  options.view.stop();
  switch (result.kind) {
    case 'ended':
      return finishEnded(result, options);
    case 'timed_out':
      options.view.complain(timedOutLine(options), 'warning');
      return EXIT_CODES.waitTimedOut;
    case 'left':
      options.view.say(`Left ${options.job} to itself. ${followHint(options)}`);
      return exitCodeOf(result.signal);
    default:
      return result satisfies never;
  }
}

async function finishEnded(
  { report, signal }: Extract<WaitResult, { kind: 'ended' }>,
  options: FinishOptions,
): Promise<number> {
  const delivered = await deliverResult(report, options, signal !== undefined);
  if (options.json) {
    options.client.terminal.stdout.write(`${JSON.stringify(await withForecast(report))}\n`);
  }
  await tell(report, options);
  if (signal !== undefined) return exitCodeOf(signal);
  return delivered ?? exitCodeOfOutcome(report);
}

/** @returns the exit code when a signal cut the copying short */
async function deliverResult(
  report: JobReport,
  { client, interrupts, resultOnStdout, local }: FinishOptions,
  unwanted: boolean,
): Promise<number | undefined> {
  const isSample = report.sample !== null;
  if (report.outcome !== 'succeeded' || !(resultOnStdout || isSample)) return undefined;
  const { deleteResult, streamResult } = await import('./result-stream.ts');
  if (unwanted || isSample) {
    await deleteResult(report);
    return undefined;
  }
  const abort = new AbortController();
  const stop = interrupts.listen(() => abort.abort());
  try {
    const options = { signal: abort.signal, kept: !local };
    await streamResult(report, client.terminal.stdout, options);
  } finally {
    stop();
  }
  return interrupts.first === undefined ? undefined : exitCodeOf(interrupts.first);
}

async function withForecast(report: JobReport): Promise<object> {
  if (report.sample === null) return report;
  const { forecastOf } = await import('./reports/forecast.ts');
  const forecast = forecastOf(report);
  return forecast === undefined ? report : { ...report, forecast };
}

async function tell(report: JobReport, options: FinishOptions): Promise<void> {
  const { view, address, local, resultOnStdout } = options;
  const context: FailureContext = { address, local, resultOnStdout };
  const named = (line: string): string => withInputNames(line, options);
  for (const warning of report.warnings) view.say(named(`Warning: ${warning}`), 'warning');
  switch (report.outcome) {
    case 'succeeded': {
      const [head = '', ...rest] = await successLines(report, resultOnStdout);
      view.say(head, 'good');
      for (const line of rest) view.say(line);
      return;
    }
    case 'failed': {
      const { failureReport } = await import('./reports/failure-report.ts');
      const [head = '', ...rest] = failureReport(report, context).map(named);
      view.complain(head, 'bad');
      for (const line of rest) view.complain(line);
      return;
    }
    case 'cancelled': {
      const { cancelledReport } = await import('./reports/failure-report.ts');
      for (const line of cancelledReport(report, context)) view.complain(line, 'warning');
      return;
    }
    default:
      report.outcome satisfies never;
  }
}

async function successLines(
  report: JobReport,
  resultOnStdout: boolean,
): Promise<readonly string[]> {
  if (report.sample === null) return successReport(report, resultOnStdout);
  const { forecastReport } = await import('./reports/forecast-report.ts');
  return forecastReport(report);
}

function withInputNames(line: string, { inputNames = new Map() }: FinishOptions): string {
  return [...inputNames].reduce((text, [path, name]) => text.replaceAll(path, name), line);
}

function exitCodeOfOutcome({ outcome }: JobReport): number {
  if (outcome === 'succeeded') return EXIT_CODES.succeeded;
  return outcome === 'failed' ? EXIT_CODES.jobFailed : EXIT_CODES.jobCancelled;
}

function timedOutLine(options: FinishOptions): string {
  const waited = describeTime(options.waitTimeoutMs ?? 0);
  return `Waited ${waited} for ${options.job}, which goes on. ${followHint(options)}`;
}

function followHint({ address, job }: FinishOptions): string {
  return `Follow it with: ${nextCommand(address, 'watch', job)}`;
}
