import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Cluster, run } from './cluster.ts';
import { script } from './gate.ts';
import { parts, shell } from './shell.ts';

/** Jobs to print for another tool, and what they read. */

const TEXT = Array.from({ length: 3000 }, (_, i) => {
  const number = i % 7 === 0 ? '1.50' : String((i * 7919) % 1000);
  return `k${String(i % 37)}\t${number}\tx${String(i % 5)}\n`;
}).join('');
const WORDS = 'a|3\nb|x\na|10\n\nbare\na|9\nbare\nb|-2\nc|5\nc|05\nc|x y\nd|\nbare|1\n';

export const PRINTED_JOBS: Readonly<Record<string, readonly string[]>> = {
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

/** Writes the inputs and programs of the jobs. */
export async function preparePrintedJobs(directory: string): Promise<void> {
  const at = (name: string): string => join(directory, name);
  await writeFile(at('text'), TEXT);
  await writeFile(at('glued'), 'k1\t1\nk2\t2');
  await writeFile(at('words'), WORDS);
  shell('gzip -kf text', directory);
  await script(directory, 'map.sh', "exec tr '\\t' '\\n'");
  await script(directory, 'env.sh', 'exec sed "s/^/$A/"');
}

/** Runs what is printed with bash, and the job itself: their outputs are the same, byte for byte. */
export async function comparePrinted(
  form: 'sh' | 'parallel',
  name: string,
  { cluster, directory }: { readonly cluster: Cluster; readonly directory: string },
): Promise<void> {
  const job = PRINTED_JOBS[name] ?? [];
  await preparePrintedJobs(directory);
  const at = { cwd: directory };
  const output = `${form} ${name}`.replaceAll(/[^a-z]+/g, '-');
  const printed = await run('mapreduce-submit', [...job, '--print-as', form, '-o', output], at);
  expect(printed).toMatchObject({ code: 0, stderr: '' });
  shell(printed.stdout, directory);
  const reduces = job.includes('--num-reducers') ? [] : ['--num-reducers', '1'];
  const ran = await cluster.submit([...job, ...reduces, '-o', `${output}-job`], at);
  expect(ran.code, ran.stderr).toBe(0);
  const expected = parts(join(directory, `${output}-job`));
  expect(expected).not.toBe('');
  expect(parts(join(directory, output))).toBe(expected);
}
