import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JobReport } from '../../src/protocol/job-report.ts';
import { Cluster, scratch } from './cluster.ts';
import { open, script } from './gate.ts';
import { eventually } from './processes.ts';

describe('what a program reports while it runs', () => {
  it('is shown by the waiting client and by status; counters are exact when it has ended', async () => {
    const directory = await scratch();
    const gate = join(directory, 'gate');
    const input = join(directory, 'input.txt');
    await writeFile(input, 'a\nb\n');
    const body = [
      'echo reporter:status:reading the index >&2',
      'echo reporter:counter:exact,above,9007199254740993 >&2',
      `echo reporter:counter:exact,far,1${'0'.repeat(60)} >&2`,
      `while [ ! -e ${gate} ]; do sleep 0.05; done`,
      'exec cat',
    ].join('\n');
    await script(directory, 'map.sh', body);
    const cluster = await Cluster.start({ workers: [['--slots', '1']] });
    const args = ['-i', input, '-o', join(directory, 'out'), '-m', './map.sh', '-r', 'identity'];
    const job = cluster.submitting([...args, '--split-size', '2', '--json'], { cwd: directory });
    await eventually('status shows it', async () => {
      const { stdout } = await cluster.command('status');
      return /map-0000[01]\.1 .* running .* reading the index\n/.test(stdout);
    });
    await job.said(/^job-0001: map .*: reading the index$/m);
    await open(gate);
    expect(await job.exited).toBe(0);
    const { counters } = JSON.parse(job.stdout) as JobReport;
    expect(counters).toEqual({ exact: { above: '18014398509481986', far: `2${'0'.repeat(60)}` } });
    const { stdout } = await cluster.command('status');
    expect(stdout).toContain('exact above: 18014398509481986\n');
  });
});
