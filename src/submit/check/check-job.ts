import { join } from 'node:path';
import { JOB_DEFAULTS } from '../../protocol/job-spec.ts';
import { EXIT_CODES } from '../../runtime/exit-codes.ts';
import { makeTemporaryDirectory } from '../../runtime/files/make-temporary-directory.ts';
import { removeTree } from '../../runtime/files/remove-tree.ts';
import { builtinsOf } from '../../runtime/programs/role-commands.ts';
import type { Client } from '../client.ts';
import { Interrupts } from '../interrupts.ts';
import { listLocalInputs } from '../list-local-inputs.ts';
import { withLocalCluster } from '../local/local-cluster.ts';
import { withSpooledInputs } from '../local/spool-inputs.ts';
import type { ManagerAddress } from '../manager-address.ts';
import { type CheckedPrograms, checkLocalInputs, checkPrograms } from '../preflight.ts';
import type { JobOptions, SubmitOptions } from '../read-options.ts';
import { CheckView } from './check-view.ts';
import { headOf } from './head-of.ts';
import { JobLaboratory } from './job-laboratory.ts';
import { judge } from './judge.ts';
import type { Subject } from './laboratory.ts';
import { observe } from './observe.ts';
import { type Sample, takeSample } from './take-sample.ts';

/**
 * `--check`: tries the programs of a job on a sample of its input, in this process, and says which
 * assumptions of MapReduce they break. Writes nothing to the output.
 * @returns the exit code of the command
 * @throws UserError when the job is refused
 */
export async function checkJob(
  options: SubmitOptions,
  sampleBytes: number,
  client: Client,
): Promise<number> {
  const { job } = options;
  const interrupts = new Interrupts(client.signals, ['SIGINT', 'SIGTERM', 'SIGHUP']);
  try {
    const programs = await checkPrograms(job, { ...client, local: true });
    await checkLocalInputs(job.input, client.directory);
    const reader = { ...client, stdin: () => headOf(client.stdin(), sampleBytes) };
    return await withSpooledInputs(job.input, reader, interrupts, (spooled) =>
      inTemporaryDirectory(async (directory) => {
        const spooledJob = { ...job, input: spooled.inputs };
        const inputs = await listLocalInputs(spooledJob, client.directory);
        const sample = await takeSample(inputs, {
          limitBytes: sampleBytes,
          directory: join(directory, 'sample'),
          searchPath: client.environment['PATH'] ?? '',
          names: spooled.names,
        });
        const show = new CheckView(options, client.terminal, sample);
        show.begin(inputs);
        const work = { options, client, interrupts, programs, sample, directory, show };
        return withLocalCluster(options.local ?? {}, interrupts, (address) => check(work, address));
      }),
    );
  } finally {
    interrupts.dispose();
  }
}

interface CheckWork {
  readonly options: SubmitOptions;
  readonly client: Client;
  readonly interrupts: Interrupts;
  readonly programs: CheckedPrograms;
  readonly sample: Sample;
  readonly directory: string;
  readonly show: CheckView;
}

async function check(
  { options, client, interrupts, programs, sample, directory, show }: CheckWork,
  address: ManagerAddress,
): Promise<number> {
  const laboratory = new JobLaboratory({
    address,
    job: options.job,
    programs,
    client,
    interrupts,
    directory: join(directory, 'between'),
    onTrial: (trial, ran) => show.trial(trial, ran),
  });
  const observed = await observe(subjectOf(options.job, programs, sample), laboratory);
  if (observed.outcome === 'failed') {
    show.failure(observed.report, address);
    return EXIT_CODES.jobFailed;
  }
  const verdict = judge(observed.seen);
  show.verdict(verdict);
  return verdict.findings.length === 0 ? EXIT_CODES.succeeded : EXIT_CODES.jobFailed;
}

function subjectOf(job: JobOptions, programs: CheckedPrograms, sample: Sample): Subject {
  const separator = job.separator ?? JOB_DEFAULTS.separator;
  return {
    sample,
    mapOnly: job.numReducers === 0,
    combiner: kindOfCombiner(programs),
    sortValues: job.sortValues ?? false,
    keyRule: {
      separator: Buffer.from(separator).toString('latin1'),
      keyFields: job.keyFields ?? JOB_DEFAULTS.keyFields,
    },
  };
}

function kindOfCombiner({ commands }: CheckedPrograms): Subject['combiner'] {
  if (!commands.has('combiner')) return 'none';
  return builtinsOf(commands).combiner === undefined ? 'program' : 'builtin';
}

async function inTemporaryDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await makeTemporaryDirectory('muster-check');
  try {
    return await work(directory);
  } finally {
    await removeTree(directory);
  }
}
