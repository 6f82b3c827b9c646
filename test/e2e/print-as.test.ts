import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { needsPrograms } from '../needs.ts';
import { run, sharedCluster, sharedScratch } from './cluster.ts';
import { script as executable } from './gate.ts';
import { parts, shell } from './shell.ts';

/** What `--print-as` prints, run by bash, gives what the job itself gives. */

const cluster = sharedCluster({ workers: [['--slots', '2']] });
const directory = sharedScratch();

const TEXT = Array.from({ length: 3000 }, (_, i) => {
  const number = i % 7 === 0 ? '1.50' : String((i * 7919) % 1000);
  return `k${String(i % 37)}\t${number}\tx${String(i % 5)}\n`;
}).join('');
const WORDS = 'a|3\nb|x\na|10\n\nbare\na|9\nbare\nb|-2\nc|5\nc|05\nc|x y\nd|\nbare|1\n';

const JOBS: Readonly<Record<string, readonly string[]>> = {
  'its own program, shipped by its bare name': ['-i', 'text', '-m', 'map.sh', '-r', 'wc -l'],
  'identity and a program': ['-i', 'text', '-m', 'identity', '-r', 'cat'],
  'a map-only job': ['-i', 'text', 'glued', '-m', "sed 's/k/key /'", '--num-reducers', '0'],
  'files that end without a newline': ['-i', 'glued', 'text', '-m', 'cat', '-r', 'uniq -c'],
  'compressed files': ['-i', 'text', 'text.gz', '-m', 'cut -f1', '-r', 'count'],
  'sums of decimals': ['-i', 'text', '-m', 'cut -f1,2', '-r', 'sum', '--combiner', 'sum'],
  'counts that are added': ['-i', 'text', '-m', 'cut -f1', '-r', 'sum', '--combiner', 'count'],
  'first values': ['-i', 'text', '-m', 'cat', '-r', 'first', '--combiner', 'first'],
  'another separator': ['-i', 'words', '-m', 'cat', '-r', 'cat', '--separator', '|'],
  'min by number or by bytes': ['-i', 'words', '-m', 'cat', '-r', 'min', '--separator', '|'],
  'max by number or by bytes': ['-i', 'words', '-m', 'cat', '-r', 'max', '--separator', '|'],
  'keys of two fields': ['-i', 'text', '-m', 'cat', '-r', 'count', '--key-fields', '2'],
  'keys that are lines': ['-i', 'text', '-m', 'cat', '-r', 'count', '--key-fields', '0'],
  'a variable with a quote': ['-i', 'text', '-m', 'env.sh', '-r', 'cat', '--env', "A=it's"],
};

async function prepare(): Promise<void> {
  const at = (name: string): string => join(directory(), name);
  await writeFile(at('text'), TEXT);
  await writeFile(at('glued'), 'k1\t1\nk2\t2');
  await writeFile(at('words'), WORDS);
  shell('gzip -kf text', directory());
  await executable(directory(), 'map.sh', "exec tr '\\t' '\\n'");
  await executable(directory(), 'env.sh', 'exec sed "s/^/$A/"');
}

describe.each(['sh', 'parallel'] as const)('printed as %s', (form) => {
  it.for(Object.entries(JOBS))('%s', async ([name, job], context) => {
    if (form === 'parallel') needsPrograms(context, 'parallel');
    await prepare();
    const at = { cwd: directory() };
    const output = `${form} ${name}`.replaceAll(/[^a-z]+/g, '-');
    const printed = await run('mapreduce-submit', [...job, '--print-as', form, '-o', output], at);
    expect(printed).toMatchObject({ code: 0, stderr: '' });
    shell(printed.stdout, directory());
    const reduces = job.includes('--num-reducers') ? [] : ['--num-reducers', '1'];
    const ran = await cluster().submit([...job, ...reduces, '-o', `${output}-job`], at);
    expect(ran.code, ran.stderr).toBe(0);
    const expected = parts(join(directory(), `${output}-job`));
    expect(expected).not.toBe('');
    const printedOutput = readFileSync(join(directory(), output, 'part-00000'), 'latin1');
    expect(printedOutput).toBe(expected);
  });
});

describe('a job that', () => {
  it('sort cannot sort is not printed for it', async () => {
    await prepare();
    const job = ['-i', 'text', '-m', 'cat', '-r', 'cat', '--separator', '::', '--print-as', 'sh'];
    const outcome = await run('mapreduce-submit', job, { cwd: directory() });
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toMatch(/sort takes a separator of one byte only, not "::"/);
  });

  it('is refused is refused when printed too', async () => {
    await prepare();
    const job = ['-i', 'nowhere', '-m', 'cat', '-r', 'cat', '--print-as', 'sh'];
    const outcome = await run('mapreduce-submit', job, { cwd: directory() });
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toMatch(/nowhere/);
  });
});

describe('printed as hadoop', () => {
  it('is one command of words that a shell reads back', async () => {
    await prepare();
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
