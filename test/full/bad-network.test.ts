import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Cluster, type Program, scratch } from '../e2e/cluster.ts';
import { FaultProxy } from '../e2e/fault-proxy.ts';
import { eventually } from '../e2e/processes.ts';
import { parts, sortedLines } from '../e2e/shell.ts';
import { needsFullRun } from '../needs.ts';

/** A network that lets only one of TCP and UDP through. */

interface Scene {
  readonly cluster: Cluster;
  readonly proxy: FaultProxy;
  readonly directory: string;
  readonly gate: string;
}

async function scene(): Promise<Scene> {
  const cluster = await Cluster.start({ manager: ['--heartbeat-interval', '500ms'] });
  const proxy = await FaultProxy.start(cluster.port);
  const directory = await scratch();
  await writeFile(join(directory, 'input.txt'), 'a\nb\n');
  return { cluster, proxy, directory, gate: join(directory, 'gate') };
}

/** A job whose maps wait until the gate file exists. */
function gatedJob({ cluster, directory, gate }: Scene): Program {
  const mapper = `sh -c "while [ ! -e ${gate} ]; do sleep 0.05; done; cat"`;
  const job = ['-i', 'input.txt', '-o', 'out', '-m', mapper, '-r', 'cat', '--split-size', '2'];
  return cluster.submitting(job, { cwd: directory });
}

async function expectRightOutput(client: Program, directory: string): Promise<void> {
  expect(await client.exited, client.stderr).toBe(0);
  expect(sortedLines(parts(join(directory, 'out')))).toEqual(['', 'a', 'b']);
}

beforeEach(needsFullRun);

describe('UDP blocked but TCP open', () => {
  it('is said in the log, and the job is unaffected', async () => {
    const at = await scene();
    at.proxy.dropUdp = true;
    await at.cluster.addWorker(['--slots', '2', '--name', 'w1'], { port: at.proxy.port });
    const client = gatedJob(at);
    await at.cluster.manager.said(/no UDP heartbeat from w1: is UDP port \d+ open\?/);
    const view = JSON.parse((await at.cluster.command('workers', ['--json'])).stdout) as {
      workers: { last_sign_of_life_ms_ago: number }[];
    };
    expect(view.workers).toHaveLength(1);
    await writeFile(at.gate, '');
    await expectRightOutput(client, at.directory);
    expect(at.cluster.manager.stderr).not.toMatch(/is lost/);
  });
});

describe('TCP swallowed while UDP lives', () => {
  it('moves the work within three intervals', async () => {
    const at = await scene();
    await at.cluster.addWorker(['--slots', '2', '--name', 'w1'], { port: at.proxy.port });
    const client = gatedJob(at);
    await at.cluster.manager.said(/w1 started \S*map-00000/);
    await at.cluster.manager.said(/w1 started \S*map-00001/);
    await at.cluster.addWorker(['--slots', '2', '--name', 'w2']);
    at.proxy.dropTcp = true;
    const seconds = await eventually('w2 runs both', () => {
      const text = at.cluster.manager.stderr;
      return /w2 started \S*map-00000/.test(text) && /w2 started \S*map-00001/.test(text);
    });
    expect(seconds).toBeLessThan(6);
    await writeFile(at.gate, '');
    await expectRightOutput(client, at.directory);
  });
});

describe('a cut that heals', () => {
  it('brings the Worker back', async () => {
    const at = await scene();
    await at.cluster.addWorker(['--slots', '2', '--name', 'w1'], { port: at.proxy.port });
    at.proxy.dropTcp = true;
    at.proxy.dropUdp = true;
    await at.cluster.manager.said(/w1 is lost/);
    at.proxy.dropTcp = false;
    at.proxy.dropUdp = false;
    await at.cluster.manager.said(/w1 is lost[\s\S]*w1 is ready/);
    await writeFile(at.gate, '');
    await expectRightOutput(gatedJob(at), at.directory);
  });
});
