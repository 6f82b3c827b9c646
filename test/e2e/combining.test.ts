import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Cluster, scratch } from './cluster.ts';
import { parts } from './shell.ts';

interface Reported {
  readonly job: string;
  readonly combiner: unknown;
}

describe('the report of a job with a combiner', () => {
  it('says what it made of the records, and how many it was not worth running for', async () => {
    const cluster = await Cluster.start({ workers: [['--slots', '1']] });
    const directory = await scratch();
    const at = { cwd: directory };
    await writeFile(join(directory, 'few'), 'a\t1\nb\t2\nc\t3\n'.repeat(1000));
    const unique = Array.from({ length: 3000 }, (_, index) => `key-${String(index)}\t1\n`);
    await writeFile(join(directory, 'many'), unique.join(''));
    const job = ['-m', 'cat', '-r', 'sum', '--num-reducers', '1', '--num-mappers', '1'];
    const summing = [...job, '--combiner', 'sum'];

    const few = await cluster.submit(['-i', 'few', '-o', 'sums', ...summing], at);
    expect(few.code, few.stderr).toBe(0);
    expect(few.stderr).toContain('\nCombiner: 3,000 records became 3\n');
    expect(few.stderr).not.toContain('skipped');
    expect(parts(join(directory, 'sums'))).toBe('a\t1000\nb\t2000\nc\t3000\n');

    const many = await cluster.submit(['-i', 'many', '-o', 'all', ...summing, '--json'], at);
    expect(many.code, many.stderr).toBe(0);
    const report = JSON.parse(many.stdout) as Reported;
    const combiner = { input_records: 0, output_records: 0, skipped_records: 3000 };
    expect(report.combiner).toEqual(combiner);
    const status = await cluster.command('status', [report.job, '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({ report: { combiner } });
    expect(parts(join(directory, 'all')).split('\n')).toHaveLength(3001);

    const plain = await cluster.submit(['-i', 'few', '-o', 'plain', ...job, '--json'], at);
    expect(JSON.parse(plain.stdout)).toMatchObject({ combiner: null });
  });
});
