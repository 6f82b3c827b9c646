import type { JobReport } from '../../protocol/job-report.ts';
import { describeSize } from '../../runtime/sizes.ts';
import type { ManagerAddress } from '../manager-address.ts';
import type { SubmitOptions } from '../read-options.ts';
import { failureReport } from '../reports/failure-report.ts';
import { humanCountOf } from '../reports/human.ts';
import { paint, type Terminal, type Tone } from '../terminal.ts';
import { checkDocument } from './check-document.ts';
import { checkReport } from './check-report.ts';
import type { Ran } from './observations.ts';
import { inTermsOfInputs } from './in-terms-of-inputs.ts';
import type { Sample } from './take-sample.ts';
import type { Trial } from './trial.ts';
import type { Verdict } from './verdict.ts';

const TITLE_WIDTH = 36;

/** What `--check` shows: what it does, and what came out. */
export class CheckView {
  readonly #options: SubmitOptions;
  readonly #terminal: Terminal;
  readonly #sample: Sample;

  constructor(options: SubmitOptions, terminal: Terminal, sample: Sample) {
    this.#options = options;
    this.#terminal = terminal;
    this.#sample = sample;
  }

  begin(inputs: readonly { readonly bytes: number }[]): void {
    const inputBytes = inputs.reduce((sum, input) => sum + input.bytes, 0);
    const { bytes, lines, paths } = this.#sample;
    const sample = `${humanCountOf(lines, 'line')}, ${describeSize(bytes)} of ${describeSize(inputBytes)}`;
    const files = `${humanCountOf(paths.length, 'file')} of ${String(inputs.length)}`;
    this.#say(`Checking on a sample: ${sample}, from ${files}`, 'plain');
  }

  trial({ title }: Trial, ran: Ran): void {
    const outcome = ran.outcome === 'failed' ? 'failed' : humanCountOf(ran.lines.length, 'line');
    this.#say(`  ${title.padEnd(TITLE_WIDTH)}${outcome}`, 'plain');
  }

  /** The job fails as it stands: that is all there is to tell. */
  failure(report: JobReport, address: ManagerAddress): void {
    const { job, wait } = this.#options;
    const told = inTermsOfInputs(report, job.output, this.#sample);
    if (wait.json) this.#document(told);
    const context = { address, local: true, resultOnStdout: job.output === undefined };
    const [head = '', ...rest] = failureReport(told, context);
    this.#print(head, 'bad');
    for (const line of rest) this.#print(line, 'plain');
  }

  verdict(verdict: Verdict): void {
    if (this.#options.wait.json) this.#document(checkDocument(verdict, this.#sample));
    const broken = verdict.findings.length > 0;
    for (const { text, tone } of checkReport(verdict)) {
      if (broken) this.#print(text, tone);
      else this.#say(text, tone);
    }
  }

  #document(document: unknown): void {
    this.#terminal.stdout.write(`${JSON.stringify(document)}\n`);
  }

  /** Nothing with `--quiet`. */
  #say(line: string, tone: Tone): void {
    if (!this.#options.wait.quiet) this.#print(line, tone);
  }

  #print(line: string, tone: Tone): void {
    this.#terminal.stderr.write(`${paint(this.#terminal, line, tone)}\n`);
  }
}
