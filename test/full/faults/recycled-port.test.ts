import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Cluster, type Program, scratch } from '../../e2e/cluster.ts';
import { open, waitingFor } from '../../e2e/gate.ts';
import { parts, sortedLines } from '../../e2e/shell.ts';
import { needsFullRun } from '../../needs.ts';
import { steadyPort } from '../../steady-port.ts';
import { committers } from './manager-log.ts';

beforeEach(needsFullRun);

/** A job that every cluster calls job-0001; its map waits for `gate`. */
async function job(cluster: Cluster, word: string): Promise<Job> {
  const directory = await scratch();
  await writeFile(join(directory, 'input.txt'), `${word}\n`);
  const gate = join(directory, 'gate');
  const options = ['-i', 'input.txt', '-o', 'out', '-m', waitingFor(gate), '-r', 'cat'];
  return { directory, gate, client: cluster.submitting(options, { cwd: directory }) };
}

interface Job {
  readonly directory: string;
  readonly gate: string;
  readonly client: Program;
}

describe('two clusters, one after the other on one port', () => {
  it('do not mix their jobs, and say in the log that the other is gone', async () => {
    const first = await Cluster.start({
      port: await steadyPort(),
      manager: ['--heartbeat-interval', '400ms'],
    });
    const worker = await first.addWorker(['--slots', '2', '--name', 'w1']);
    const old = await job(first, 'old');
    await first.manager.said(/w1 started job-0001\/map-00000/);
    first.manager.signal('SIGKILL');
    await first.manager.exited;
    // Its result is ready before the other cluster is there, and is named like one of that.
    await open(old.gate);
    await worker.said(/event slot 0 job-0001\/map-00000\.1 ended finished/);
    const second = await Cluster.start({
      port: first.port,
      manager: ['--heartbeat-interval', '400ms'],
    });
    const young = await job(second, 'young');
    await worker.said(/Another cluster: dropped \d+ running, \d+ queued, \d+ unsettled of the old/);
    await second.manager.said(/w1 started job-0001\/map-00000/);
    await open(young.gate);
    expect(await young.client.exited, young.client.stderr).toBe(0);
    expect(sortedLines(parts(join(young.directory, 'out')))).toEqual(['', 'young']);
    expect(await committers(second, 'job-0001', 'map-00000')).toEqual(['w1']);
    // The other client was not told of a job that is not its own.
    expect([1, 2, 3]).toContain(await old.client.exited);
    expect(old.client.stderr).not.toMatch(/succeeded/);
    expect(old.client.stderr).not.toContain(join(young.directory, 'out'));
  }, 150_000);
});
