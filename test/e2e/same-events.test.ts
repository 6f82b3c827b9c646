import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Cluster, run, scratch } from './cluster.ts';

/** `--local` is the same two daemons: one job leaves the same trace either way. */

interface Line {
  readonly component: string;
  readonly message: string;
}

/** The machine, the moment and the Manager, which has a journal or not: not the job. */
const OF_THE_MOMENT =
  /^(?:event restore|event paused|event tick|.* (?:heartbeat|progress|received)\b|event slot \d+ .* has read|event order received|command send_client job_event)/;

/** Events and commands of one daemon, without what belongs to one machine or moment. */
async function trace(file: string, component: string): Promise<string[]> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return lines
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => line.component === component && /^(event|command) /.test(line.message))
    .map(({ message }) =>
      message
        .replace(/ of \S+$/, ' of WORKER')
        .replace(/(?<=^command read_token ).*/, 'PATH')
        .replace(/(?<=^(?:event order received|command send \S+) )\d+/, 'NUMBER'),
    )
    .filter((message) => !OF_THE_MOMENT.test(message));
}

/** What concerns one attempt, in order: two attempts may interleave in either way. */
function about(attempt: string, lines: readonly string[]): string[] {
  return lines.filter((line) => line.includes(attempt));
}

describe('the same job with --local and on daemons', () => {
  it('logs the same events and commands of Manager and Worker', async () => {
    const directory = await scratch();
    const at = (name: string): string => join(directory, name);
    await mkdir(at('in'));
    for (const name of ['a', 'b', 'c']) await writeFile(at(`in/${name}`), `${name}\t1\nz\t1\n`);
    const job = [
      ...['-i', 'in', '-o', at('out'), '-m', 'cat', '--combiner', 'sum', '-r', 'sum', '--quiet'],
      ...['--split-size', '8', '--num-reducers', '2', '--overwrite'],
    ];
    const local = [
      '--local',
      '--slots',
      '1',
      '--loglevel',
      'debug',
      '--logfile',
      at('local.jsonl'),
    ];
    expect(await run('mapreduce-submit', [...local, ...job], { cwd: directory })).toMatchObject({
      code: 0,
    });
    const cluster = await Cluster.start({
      manager: ['--loglevel', 'debug', '--logfile', at('manager.jsonl')],
      workers: [['--slots', '1', '--loglevel', 'debug', '--logfile', at('worker.jsonl')]],
    });
    expect(await cluster.submit([...job, '--shutdown'], { cwd: directory })).toMatchObject({
      code: 0,
    });
    await Promise.all([cluster.manager, ...cluster.workers].map((daemon) => daemon.exited));
    for (const component of ['manager', 'worker']) {
      const here = await trace(at('local.jsonl'), component);
      const there = await trace(at(`${component}.jsonl`), component);
      expect(here.length).toBeGreaterThan(20);
      expect(here.toSorted()).toEqual(there.toSorted());
      for (const attempt of ['map-00000.1', 'map-00002.1', 'reduce-00001.1']) {
        expect(about(attempt, here).length).toBeGreaterThan(3);
        expect(about(attempt, here)).toEqual(about(attempt, there));
      }
    }
  });
});
