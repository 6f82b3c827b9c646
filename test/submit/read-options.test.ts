import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/runtime/options.ts';
import { UserError } from '../../src/runtime/user-error.ts';
import { addSubmitOptions, CLIENT_ALIASES } from '../../src/submit/options.ts';
import { readSubmitOptions, type SubmitOptions } from '../../src/submit/read-options.ts';
import { newCommand } from '../../src/runtime/options.ts';

const JOB = ['-i', 'in', '-o', 'out', '-m', 'cat', '-r', 'sum'];

async function read(...argv: readonly string[]): Promise<SubmitOptions> {
  const command = newCommand({ name: 'mapreduce-submit', description: 'd', examples: ['a', 'b'] });
  let options: SubmitOptions | undefined;
  addSubmitOptions(command).action(() => {
    options = readSubmitOptions(command);
  });
  await parseCommandLine(command, argv, CLIENT_ALIASES);
  if (options === undefined) throw new Error('Nothing was parsed');
  return options;
}

async function refusal(...argv: readonly string[]): Promise<string> {
  const error: unknown = await read(...argv).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof UserError && error.exitCode === 2) return error.message;
  throw new Error('It was not refused with exit code 2', { cause: error });
}

describe('the options of a submission', () => {
  it('have defaults only where the client itself needs them', async () => {
    const options = await read(...JOB);
    expect(options).toMatchObject({
      job: {
        input: ['in'],
        output: 'out',
        mapper: 'cat',
        reducer: 'sum',
      },
      wait: {
        json: false,
        quiet: false,
        progress: true,
        detach: false,
        dryRun: false,
        shutdown: false,
        waitTimeoutMs: undefined,
      },
      address: { host: '127.0.0.1', port: 6000, flags: [] },
      local: undefined,
    });
    expect(options.job).not.toHaveProperty('numReducers');
  });

  it('take inputs, variables and files again and again', async () => {
    const { job } = await read(
      ...JOB,
      ...'-i a b --input c --env A=1 --env B --file x#y --file z'.split(' '),
    );
    expect(job).toMatchObject({
      input: ['in', 'a', 'b', 'c'],
      env: ['A=1', 'B'],
      file: ['x#y', 'z'],
    });
  });

  it('read sizes, times and numbers', async () => {
    const { job, wait } = await read(
      ...JOB,
      ...'--split-size 64M --max-record 1MB --task-timeout 10m'.split(' '),
      ...'--wait-timeout 2h --priority -5 --num-mappers 7 --num-reducers 0'.split(' '),
      ...'--max-running 2 --max-attempts 1 --max-workers-lost 9 --keep-going --no-backup'.split(
        ' ',
      ),
    );
    expect(job).toMatchObject({
      splitSize: 67_108_864,
      maxRecord: 1_000_000,
      taskTimeout: 600_000,
      priority: -5,
      numMappers: 7,
      numReducers: 0,
      maxRunning: 2,
      maxAttempts: 1,
      maxWorkersLost: 9,
      keepGoing: true,
      backup: false,
    });
    expect(wait.waitTimeoutMs).toBe(7_200_000);
  });

  it('name the Manager, by aliases too, and remember what has to be typed again', async () => {
    expect((await read(...JOB, '--host', 'localhost', '--port=6001')).address).toEqual({
      host: '127.0.0.1',
      port: 6001,
      flags: ['--manager-host', 'localhost', '--manager-port', '6001'],
    });
  });

  it('find the Manager in the environment, where no next command needs flags', async () => {
    process.env['MAPREDUCE_MANAGER_PORT'] = '6002';
    try {
      const { address } = await read(...JOB);
      expect(address).toEqual({ host: '127.0.0.1', port: 6002, flags: [] });
      expect((await read(...JOB, '--manager-port', '6003')).address.port).toBe(6003);
    } finally {
      delete process.env['MAPREDUCE_MANAGER_PORT'];
    }
  });

  it('hold what belongs to --local together', async () => {
    const local = ['--local', '--slots', '2', '--sort-buffer', '1M', '--work-dir', '/scratch'];
    expect((await read(...JOB, ...local)).local).toMatchObject({
      slots: 2,
      sortBuffer: 1_048_576,
      workDir: '/scratch',
    });
  });

  it('take a check of 1 MiB, or as much as is said, to run here without output', async () => {
    const job = ['-i', 'in', '-m', 'cat', '-r', 'sum'];
    expect(await read(...job, '--check', '--json')).toMatchObject({ check: 1_048_576 });
    const options = await read(...job, '--slots', '3', '--check', '64K');
    expect(options).toMatchObject({ check: 65_536, local: { slots: 3 } });
    expect((await read(...JOB)).check).toBeUndefined();
  });

  it('need no reducer for a map-only job', async () => {
    const { job } = await read('-i', 'in', '-o', 'out', '-m', 'cat', '--num-reducers', '0');
    expect(job.reducer).toBeUndefined();
  });
});

const REFUSED: readonly (readonly [readonly string[], string])[] = [
  [
    ['-o', 'out', '-m', 'cat', '-r', 'sum'],
    'Missing --input: name the files to read, e.g. --input "data/*.txt"',
  ],
  [['-i', 'in', '-o', 'out', '-r', 'sum'], 'Missing --mapper: name the program that reads them'],
  [
    ['-i', 'in', '-o', 'out', '-m', 'cat'],
    'Missing --reducer: name a program, or one of sum, count, min, max, first, distinct, identity; or --num-reducers 0 for none',
  ],
  [[...JOB, '--num-reducer', '2'], 'Unknown option "--num-reducer". Did you mean --num-reducers?'],
  [[...JOB, '--max-record', '2G'], 'Cannot use "2G" for --max-record: it may be 1G at most'],
  [
    [...JOB, '--num-reducers', '100001'],
    'Cannot use "100001" for --num-reducers: it may be 100000 at most',
  ],
  [[...JOB, '--num-mappers', '0'], 'Cannot use "0" for --num-mappers: it must be 1 or more'],
  [
    [...JOB, '--priority', 'high'],
    'Cannot use "high" for --priority: it must be a whole number from -1000000 to 1000000',
  ],
  [
    [...JOB, '--slots', '2'],
    'Cannot use --slots without --local: a Worker on its own has this option',
  ],
  [
    [...JOB, '--local', '--detach'],
    'Cannot use --detach with --local: the job runs in this process',
  ],
  [
    [...JOB, '--local', '--wait-timeout', '1'],
    'Cannot use --wait-timeout with --local: the job runs in this process',
  ],
  [
    [...JOB, '--detach', '--wait-timeout', '1'],
    'Cannot use --wait-timeout with --detach: that does not wait',
  ],
  [
    [...JOB, '--detach', '--shutdown'],
    'Cannot use --shutdown with --detach: nobody would see the job end',
  ],
  [
    [...JOB, '--check', '--detach'],
    'Cannot use --detach with --check: the job runs in this process',
  ],
  [
    [...JOB, '--check', '--shutdown'],
    'Cannot use --shutdown with --check: it runs without a cluster',
  ],
  [
    [...JOB, '--check', '--dry-run'],
    'Cannot use --dry-run with --check: a check runs the programs',
  ],
  [
    [...JOB, '--check', '--sample', '1%'],
    'Cannot use --sample with --check: that is another sample: --check 64M takes a larger one',
  ],
  [
    [...JOB, '--check', '--print-as', 'sh'],
    'Cannot use --print-as with --check: that runs nothing',
  ],
  [
    [...JOB, '--check', 'little'],
    'Cannot use size "little" for --check: use bytes, or a unit as in 64K, 64M, 64MB, 1G',
  ],
  [
    ['-i', 'in', '-m', 'cat', '-r', 'sum', '-o', '-'],
    'Cannot write to "-": leave --output out, and the result goes to stdout',
  ],
  [
    ['-i', 'in', '-m', 'cat', '-r', 'sum', '--overwrite'],
    'Cannot use --overwrite without --output: there is nothing to replace',
  ],
  [
    ['-i', 'in', '-m', 'cat', '-r', 'sum', '--json'],
    'Cannot write both the report (--json) and the result (no --output) to standard output: name a directory with --output',
  ],
  [
    ['-i', 'in', '-m', 'cat', '-r', 'sum', '--detach'],
    'Cannot write both the job id (--detach) and the result (no --output) to standard output: name a directory with --output',
  ],
  [
    [...JOB, '--detach', '--json'],
    'Cannot write both the job id (--detach) and the report (--json) to standard output: leave one of them out',
  ],
];

describe('refused with exit code 2:', () => {
  it.each(REFUSED)('%j', async (argv, message) => {
    expect(await refusal(...argv)).toBe(message);
  });
});
