import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import type { AnyJob, InputFile } from './any-job.ts';
import type { Cluster } from './cluster.ts';

/**
 * What a job must give, by an oracle that shares no line with the product: strings of latin1, which
 * compare as their bytes do, and the sort of JavaScript, which is stable.
 */

interface Line {
  readonly line: string;
  readonly key: string;
  /** `undefined` is before every value. */
  readonly value: string | undefined;
}

/** Runs the job with real programs and compares every byte. */
export async function expectJob(cluster: Cluster, directory: string, job: AnyJob): Promise<void> {
  await mkdir(join(directory, 'in'), { recursive: true });
  for (const [index, file] of job.files.entries()) {
    const name = `f-${String(index)}${file.form === 'plain' ? '' : '.gz'}`;
    await writeFile(join(directory, 'in', name), bytesOf(file));
  }
  const outcome = await cluster.submit([...argumentsOf(job), '-q'], { cwd: directory });
  expect(outcome, describeJob(job)).toMatchObject({ code: 0, stdout: '' });
  const found = await partsOf(join(directory, 'out'));
  const problem = job.reducers === 0 ? mapOnlyProblem(job, found) : groupedProblem(job, found);
  expect(problem, describeJob(job)).toBeUndefined();
  await rm(directory, { recursive: true });
}

function bytesOf({ text, form }: InputFile): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  if (form === 'plain') return bytes;
  if (form === 'gzip') return gzipSync(bytes);
  const middle = bytes.length >> 1;
  return Buffer.concat([gzipSync(bytes.subarray(0, middle)), gzipSync(bytes.subarray(middle))]);
}

function argumentsOf(job: AnyJob): string[] {
  const inputBytes = job.files.reduce((sum, file) => sum + file.text.length, 0);
  const splitBytes = Math.max(1, Math.ceil(inputBytes / job.splits));
  const { reducers, separator, keyFields } = job;
  const grouping =
    reducers === 0
      ? []
      : [
          ...['-r', job.reducer],
          ...(job.combiner === undefined ? [] : ['--combiner', job.combiner]),
          ...(separator === undefined ? [] : ['--separator', separator.typed]),
          ...(keyFields === undefined ? [] : ['--key-fields', String(keyFields)]),
          ...(job.sortValues ? ['--sort-values'] : []),
          ...(job.totalOrder ? ['--total-order'] : []),
        ];
  return [
    ...['-i', 'in', '-o', 'out', '-m', job.mapper.command, ...grouping],
    ...['--num-reducers', String(reducers), '--split-size', String(splitBytes)],
    ...(job.oneProcess ? ['--one-process'] : []),
  ];
}

/** For a failed test: all but the bytes, which fast-check prints. */
function describeJob(job: AnyJob): string {
  return argumentsOf(job).join(' ');
}

async function partsOf(output: string): Promise<string[]> {
  const names = (await readdir(output)).filter((name) => name.startsWith('part-')).toSorted();
  return Promise.all(names.map((name) => readFile(join(output, name), 'latin1')));
}

/** The lines of a text; the last one may lack its line feed. */
function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function mappedLines(job: AnyJob): string[] {
  return job.files.flatMap(({ text }) => linesOf(job.mapper.map(text)));
}

/** Map-only: lines as they came, no matter how the last one ends. */
function mapOnlyProblem(job: AnyJob, found: readonly string[]): string | undefined {
  const wanted = mappedLines(job).join('\n');
  const given = linesOf(found.join('')).join('\n');
  return wanted === given ? undefined : difference(wanted, given);
}

function groupedProblem(job: AnyJob, found: readonly string[]): string | undefined {
  if (found.length !== job.reducers) return `there are ${String(found.length)} parts`;
  const owners = new Map<string, number>();
  for (const [part, text] of found.entries()) {
    if (text !== '' && !text.endsWith('\n')) return `part ${String(part)} ends inside a line`;
    for (const { key } of linesOf(text).map((line) => cut(line, job))) {
      if ((owners.get(key) ?? part) !== part)
        return `two parts have the key ${JSON.stringify(key)}`;
      owners.set(key, part);
    }
    const given = linesOf(text);
    const sorted = inKeyOrder(given, job);
    if (sorted.join('\n') !== given.join('\n')) return `part ${String(part)} is not sorted`;
  }
  const all = found.flatMap(linesOf);
  // Each key is in one part, so a stable sort by key merges the parts and changes nothing else.
  const given = (job.totalOrder ? all : inKeyOrder(all, job)).join('\n');
  const wanted = expectedLines(job).join('\n');
  return wanted === given ? undefined : difference(wanted, given);
}

function expectedLines(job: AnyJob): string[] {
  const lines = mappedLines(job).map((line) => cut(line, job));
  const byKey = (a: Line, b: Line): number => compare(a.key, b.key);
  const byValue = (a: Line, b: Line): number => compareValues(a.value, b.value);
  const order = job.sortValues ? (a: Line, b: Line) => byKey(a, b) || byValue(a, b) : byKey;
  return lines.toSorted(order).map(({ line }) => line);
}

function inKeyOrder(lines: readonly string[], job: AnyJob): string[] {
  const cutLines = lines.map((line) => cut(line, job));
  return cutLines.toSorted((a, b) => compare(a.key, b.key)).map(({ line }) => line);
}

function cut(line: string, { separator, keyFields = 1 }: AnyJob): Line {
  const bytes = separator?.bytes ?? '\t';
  const fields = line.split(bytes);
  if (keyFields === 0 || fields.length <= keyFields) return { line, key: line, value: undefined };
  const key = fields.slice(0, keyFields).join(bytes);
  return { line, key, value: line.slice(key.length + bytes.length) };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareValues(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return compare(a, b);
}

function difference(wanted: string, given: string): string {
  let at = 0;
  while (at < wanted.length && wanted[at] === given[at]) at++;
  const around = (text: string): string =>
    JSON.stringify(text.slice(Math.max(0, at - 40), at + 40));
  return `at byte ${String(at)} wanted ${around(wanted)}, given ${around(given)}`;
}
