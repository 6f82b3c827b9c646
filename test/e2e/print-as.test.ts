import { describe, expect, it } from 'vitest';
import { run, sharedCluster, sharedScratch } from './cluster.ts';
import { comparePrinted, preparePrintedJobs } from './printed-jobs.ts';
import { shell } from './shell.ts';

/** What `--print-as` prints. All jobs, in both forms that can run here, are in test/full. */

const cluster = sharedCluster({ workers: [['--slots', '2']] });
const directory = sharedScratch();

describe('printed as sh', () => {
  it.each(['its own program, shipped by its bare name', 'counts that are added'])(
    '%s gives what the job gives',
    async (name) => {
      await comparePrinted('sh', name, { cluster: cluster(), directory: directory() });
    },
  );
});

describe('a job that', () => {
  it('sort cannot sort is not printed for it', async () => {
    await preparePrintedJobs(directory());
    const job = ['-i', 'text', '-m', 'cat', '-r', 'cat', '--separator', '::', '--print-as', 'sh'];
    const outcome = await run('mapreduce-submit', job, { cwd: directory() });
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toMatch(/sort takes a separator of one byte only, not "::"/);
  });

  it('is refused is refused when printed too', async () => {
    await preparePrintedJobs(directory());
    const job = ['-i', 'nowhere', '-m', 'cat', '-r', 'cat', '--print-as', 'sh'];
    const outcome = await run('mapreduce-submit', job, { cwd: directory() });
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toMatch(/nowhere/);
  });
});

describe('printed as hadoop', () => {
  it('is one command of words that a shell reads back', async () => {
    await preparePrintedJobs(directory());
    const job = ['-i', 'text', '-o', 'out', '-m', './map.sh', '-r', "awk '{ print $1 }'"];
    const more = ['--num-reducers', '3', '--sort-values', '--env', 'A=x y', '--print-as', 'hadoop'];
    const printed = await run('mapreduce-submit', [...job, ...more], { cwd: directory() });
    expect(printed).toMatchObject({ code: 0, stderr: '' });
    const words = shell(
      `hadoop() { printf '%s\\n' "$@"; }; HADOOP_HOME=/h\n${printed.stdout}`,
      directory(),
    );
    expect(words.trimEnd().split('\n')).toEqual([
      'jar',
      '/h/share/hadoop/tools/lib/hadoop-streaming-*.jar',
      ...['-D', 'mapreduce.job.reduces=3', '-D', 'stream.num.map.output.key.fields=2'],
      ...['-D', 'mapreduce.partition.keypartitioner.options=-k1,1', '-files', 'map.sh'],
      ...['-cmdenv', 'A=x y', '-input', 'text', '-output', 'out', '-mapper', 'map.sh'],
      ...['-reducer', "awk '{ print $1 }'"],
      ...['-partitioner', 'org.apache.hadoop.mapred.lib.KeyFieldBasedPartitioner'],
    ]);
  });
});
