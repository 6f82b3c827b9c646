import type { NewManagerJob } from '../protocol/client-messages.ts';
import type { PlanSummary } from '../protocol/job-report.ts';
import type { JobAccepted } from '../protocol/manager-replies.ts';
import { addressText } from '../protocol/net/net-error.ts';
import { isLoopback } from '../protocol/net/exposure.ts';
import { EXIT_CODES } from '../runtime/exit-codes.ts';
import type { Client } from './client.ts';
import { connectSession } from './connect.ts';
import { Interrupts } from './interrupts.ts';
import { jobRequest, submitterName } from './job-request.ts';
import { type ManagerAddress, nextCommand } from './manager-address.ts';
import {
  absoluteInputs,
  type CheckedPrograms,
  checkInputs,
  checkLocalInputs,
  checkPrograms,
} from './preflight.ts';
import type { LocalOptions, SubmitOptions } from './read-options.ts';
import { ConnectionLostError, type Session } from './session.ts';
import { shipFiles } from './ship-files.ts';
import { shipInputList } from './ship-input-list.ts';
import type { Accepted } from './submit-again.ts';
import { refuseStreams } from './stream-inputs.ts';
import { paint } from './terminal.ts';

const NOT_SUBMITTED = 'Interrupted: nothing was submitted';

/**
 * Submits a job and, unless told otherwise, waits for its end.
 * @returns the exit code of the command
 * @throws UserError when the job is refused or the Manager cannot be reached
 */
export async function submitJob(options: SubmitOptions, client: Client): Promise<number> {
  const interrupts = new Interrupts(
    client.signals,
    options.local === undefined ? ['SIGINT', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP'],
  );
  try {
    const checked = await interrupts.during(preflight(options, client), 1, NOT_SUBMITTED);
    if (options.wait.printAs !== undefined) {
      const { printAs } = await import('./print-as/print-as.ts');
      const use = { programs: checked, place: client };
      const lines = await printAs(options.wait.printAs, options.job, use);
      client.terminal.stdout.write(lines.map((line) => `${line}\n`).join(''));
      return EXIT_CODES.succeeded;
    }
    if (options.local === undefined) {
      return await submitTo(options.address, { options, client, interrupts, checked });
    }
    return await submitLocally(options.local, { options, client, interrupts, checked });
  } finally {
    interrupts.dispose();
  }
}

/** Streams are read first: a Manager and a Worker of our own see our files, but not our stdin. */
async function submitLocally(local: LocalOptions, submission: Submission): Promise<number> {
  const { options, client, interrupts } = submission;
  const [{ withLocalCluster }, { withSpooledInputs }] = await Promise.all([
    import('./local/local-cluster.ts'),
    import('./local/spool-inputs.ts'),
  ]);
  return withSpooledInputs(options.job.input, client, interrupts, ({ inputs, names }) => {
    const job = { ...options.job, input: inputs };
    const spooled = { ...submission, options: { ...options, job }, inputNames: names };
    return withLocalCluster(local, interrupts, (address) => submitTo(address, spooled));
  });
}

/** One submission on its way. */
interface Submission {
  readonly options: SubmitOptions;
  readonly client: Client;
  readonly interrupts: Interrupts;
  readonly checked: CheckedPrograms;
  /** How to call inputs that stand for others. */
  readonly inputNames?: ReadonlyMap<string, string>;
}

async function preflight(options: SubmitOptions, client: Client): Promise<CheckedPrograms> {
  const { job, address, local } = options;
  if (local === undefined) refuseStreams(job.input);
  const checked = await checkPrograms(job, { ...client, local: local !== undefined });
  if (local !== undefined) await checkLocalInputs(job.input, client.directory);
  // Elsewhere the Manager's files are not ours; it checks its own.
  else if (isLoopback(address.host)) await checkInputs(job.input, client.directory);
  // Who waits hears it from the Workers themselves, if it is so there too.
  if (options.wait.dryRun || options.wait.detach) {
    for (const warning of checked.warnings) note(options, client, `Warning: ${warning}`);
  }
  return checked;
}

async function submitTo(address: ManagerAddress, submission: Submission): Promise<number> {
  const { options, client, interrupts, checked } = submission;
  const { dryRun, detach } = options.wait;
  const left = new AbortController();
  let session = await interrupts.during(connectSession(address), 1, NOT_SUBMITTED);
  try {
    if (!dryRun) await interrupts.during(shipFiles(session, checked.files), 1, NOT_SUBMITTED);
    const inputs = await absoluteInputs(options.job.input, client.directory);
    const request = await jobRequest(options.job, {
      ...client,
      files: checked.files,
      dryRun,
      submittedBy: submitterName(),
      inputList: await interrupts.during(shipInputList(session, inputs), 1, NOT_SUBMITTED),
    });
    if (dryRun) {
      const { plan } = await session.request(request, 'job_plan');
      await showPlan(plan, submission);
      return EXIT_CODES.succeeded;
    }
    // From here on a signal means to cancel what may already be queued; the second one leaves.
    const unknown = 'Interrupted: whether the job was queued is not known. See: mapreduce list';
    const asked = askForJob(session, request, address, {
      ...submission,
      inputs,
      left: left.signal,
    });
    const answer = interrupts.during(asked, 2, unknown);
    if (!detach) {
      // While the Manager thinks, this end loads what it needs next.
      const [answered] = await Promise.all([answer, import('./follow-to-end.ts')]);
      session = answered.session;
      return await waitAndFinish(session, answered.accepted, address, submission);
    }
    const { accepted } = await answer;
    for (const warning of accepted.warnings) note(options, client, `Warning: ${warning}`);
    client.terminal.stdout.write(`${accepted.job}\n`);
    note(options, client, `Follow it with: ${nextCommand(address, 'watch', accepted.job)}`);
    return EXIT_CODES.succeeded;
  } finally {
    left.abort();
    session.close();
  }
}

interface Asking extends Submission {
  readonly inputs: readonly string[];
  readonly left: AbortSignal;
}

/** The Manager's answer to a submission, though it may have to be another Manager that gives it. */
async function askForJob(
  session: Session,
  request: NewManagerJob,
  address: ManagerAddress,
  { options, client, checked, inputs, left }: Asking,
): Promise<Accepted> {
  try {
    return { session, accepted: await session.request(request, 'job_accepted') };
  } catch (error) {
    if (!(error instanceof ConnectionLostError) || left.aborted) throw error;
  }
  const { submitAgain } = await import('./submit-again.ts');
  return submitAgain({
    request,
    ship: async (again) => {
      await shipFiles(again, checked.files);
      await shipInputList(again, inputs);
    },
    left,
    address,
    clock: client.clock,
    reconnect: () => connectSession(address),
    onConnection: (line) => note(options, client, line),
  });
}

async function waitAndFinish(
  session: Session,
  { job, warnings }: JobAccepted,
  address: ManagerAddress,
  { options, client, interrupts, inputNames }: Submission,
): Promise<number> {
  const { wait } = options;
  const local = options.local !== undefined;
  const { followToEnd } = await import('./follow-to-end.ts');
  const { code, ended } = await followToEnd(session, {
    client,
    interrupts,
    address,
    job,
    warnings,
    show: wait,
    local,
    ...(inputNames && { inputNames }),
    resultOnStdout: options.job.output === undefined && options.job.sample === undefined,
    waitTimeoutMs: wait.waitTimeoutMs,
    onSignal: 'cancel',
  });
  if (!wait.shutdown || !ended || local) return code;
  await shutDown(address);
  note(options, client, `Shut down the cluster of ${addressText(address.host, address.port)}`);
  return code;
}

async function shutDown(address: ManagerAddress): Promise<void> {
  const session = await connectSession(address);
  await session.shutdownCluster();
  session.close();
}

async function showPlan(plan: PlanSummary, { options, client }: Submission): Promise<void> {
  const { planReport } = await import('./reports/plan-report.ts');
  if (options.wait.json) client.terminal.stdout.write(`${JSON.stringify(plan)}\n`);
  const lines = planReport(plan, options.job.output === undefined);
  for (const line of lines) note(options, client, line);
}

/** A line for people before there is a job to show. */
function note({ wait }: SubmitOptions, { terminal }: Client, line: string): void {
  if (wait.quiet) return;
  const tone = line.startsWith('Warning:') ? 'warning' : 'plain';
  terminal.stderr.write(`${paint(terminal, line, tone)}\n`);
}
