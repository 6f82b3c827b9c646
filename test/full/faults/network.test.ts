import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { Cluster, type Program, scratch } from '../../e2e/cluster.ts';
import { FaultProxy } from '../../e2e/fault-proxy.ts';
import { open, script } from '../../e2e/gate.ts';
import { eventually } from '../../e2e/processes.ts';
import { parts, sortedLines } from '../../e2e/shell.ts';
import { needsFullRun } from '../../needs.ts';
import { rounds, SEED } from '../dials.ts';
import { committedTasks } from './manager-log.ts';
import { seededRandom } from '../../../src/worker/lifecycle/seeded-random.ts';

/** A bad network between Workers and the Manager, in a tenth of the time: a heartbeat is 200 ms. */

beforeEach(needsFullRun);

const HEARTBEAT = ['--heartbeat-interval', '200ms'];
/** Thirty seconds for heartbeats of two. */
const CUT_MS = 3_000;
/** Two minutes. */
const LONG_CUT_MS = 12_000;
const HEALED_SECONDS = 60;

type Cut = (proxy: FaultProxy) => void;

const CUTS: Readonly<Record<string, Cut>> = {
  UDP: (proxy) => {
    proxy.dropUdp = true;
  },
  'TCP to the Manager': (proxy) => proxy.toManager.close(),
  'TCP to the Worker': (proxy) => proxy.toWorker.close(),
  'TCP both ways': (proxy) => {
    proxy.toManager.close();
    proxy.toWorker.close();
  },
  'UDP and TCP to the Manager': (proxy) => {
    proxy.dropUdp = true;
    proxy.toManager.close();
  },
  all: (proxy) => {
    proxy.dropUdp = true;
    proxy.toManager.close();
    proxy.toWorker.close();
  },
};

function heal(proxy: FaultProxy): void {
  proxy.dropUdp = false;
  proxy.udpFaults = undefined;
  proxy.toManager.open();
  proxy.toWorker.open();
}

/** Files of one record each, one file a map. */
async function writeInputs(directory: string, count: number): Promise<readonly string[]> {
  const names = Array.from({ length: count }, (_, index) => `f${String(index).padStart(2, '0')}`);
  await mkdir(join(directory, 'in'));
  for (const name of names) await writeFile(join(directory, 'in', name), `${name}\t1\n`);
  return names;
}

async function expectAll(
  client: Program,
  directory: string,
  names: readonly string[],
): Promise<void> {
  expect(await client.exited, client.stderr).toBe(0);
  const lines = sortedLines(parts(join(directory, 'out'))).slice(1);
  expect(lines).toEqual(names.map((name) => `${name}\t1`));
}

/** A task may be committed by one attempt only, as long as no map is void. */
async function expectSingleCommits(cluster: Cluster): Promise<void> {
  const tasks = await committedTasks(cluster, 'job-0001');
  expect(new Set(tasks).size).toBe(tasks.length);
}

describe('lost, doubled and late datagrams, and cuts in one direction', () => {
  const times = rounds(1);
  it(`leave the output as it is, ${String(times)} times`, { timeout: 1_200_000 }, async () => {
    for (let round = 1; round <= times; round++) {
      const cluster = await Cluster.start({ manager: HEARTBEAT });
      const random = seededRandom(SEED + round);
      const proxies: FaultProxy[] = [];
      for (const name of ['w1', 'w2', 'w3']) {
        const proxy = await FaultProxy.start(cluster.port);
        proxy.udpFaults = { lost: 30, doubled: 50, late: 30, random };
        proxies.push(proxy);
        await cluster.addWorker(['--slots', '1', '--name', name], { port: proxy.port });
      }
      const directory = await scratch();
      const names = await writeInputs(directory, 24);
      await script(directory, 'slow.sh', 'sleep 1.5; cat');
      const programs = ['-m', './slow.sh', '-r', './slow.sh', '--split-size', '6'];
      const lives = ['--max-workers-lost', '16'];
      const job = ['-i', 'in', '-o', 'out', ...programs, ...lives, '--num-reducers', '6'];
      const client = cluster.submitting(job, { cwd: directory });
      await cluster.manager.said(/started job-0001/);
      for (const [index, cut] of Object.values(CUTS).entries()) {
        const proxy = proxies[index % proxies.length];
        if (proxy === undefined || client.child.exitCode !== null) continue;
        cut(proxy);
        await delay(CUT_MS);
        proxy.toManager.open();
        proxy.toWorker.open();
        proxy.dropUdp = false;
      }
      proxies.forEach(heal);
      await eventually('the job is done', () => client.child.exitCode !== null, HEALED_SECONDS);
      await expectAll(client, directory, names);
      await expectSingleCommits(cluster);
    }
  });
});

describe('a long cut', () => {
  it('of any kind hangs nobody and is over when it heals', { timeout: 180_000 }, async () => {
    const cluster = await Cluster.start({ manager: HEARTBEAT });
    const directory = await scratch();
    const kinds = Object.entries(CUTS);
    const names = await writeInputs(directory, kinds.length);
    const proxies: FaultProxy[] = [];
    for (const [index] of kinds.entries()) {
      const proxy = await FaultProxy.start(cluster.port);
      proxies.push(proxy);
      const name = `w${String(index)}`;
      await cluster.addWorker(['--slots', '1', '--name', name], { port: proxy.port });
    }
    const gate = join(directory, 'gate');
    await script(directory, 'map.sh', `while [ ! -e ${gate} ]; do sleep 0.05; done; cat`);
    const job = ['-i', 'in', '-o', 'out', '-m', './map.sh', '-r', 'cat', '--split-size', '6'];
    const client = cluster.submitting(job, { cwd: directory });
    const { manager } = cluster;
    for (const [index] of kinds.entries()) {
      await manager.said(new RegExp(`w${String(index)} started job-0001`));
    }
    const before = manager.stderr.length;
    for (const [index, [, cut]] of kinds.entries()) {
      const proxy = proxies[index];
      if (proxy) cut(proxy);
    }
    await delay(LONG_CUT_MS);
    const during = manager.stderr.slice(before);
    for (const [index, [kind]] of kinds.entries()) {
      // A Worker whose TCP is alive may go on without UDP.
      if (kind === 'UDP') continue;
      expect(during, kind).toMatch(new RegExp(`w${String(index)} is lost`));
    }
    proxies.forEach(heal);
    const lost = (name: string): boolean => {
      const text = manager.stderr;
      return text.lastIndexOf(`${name} is lost`) > text.lastIndexOf(`${name} is ready`);
    };
    await eventually(
      'everybody is back',
      () => kinds.every((_, index) => !lost(`w${String(index)}`)),
      HEALED_SECONDS,
    );
    await open(gate);
    await expectAll(client, directory, names);
    await expectSingleCommits(cluster);
  });
});

describe('a Worker of another protocol version', () => {
  it('is refused with both versions and exits with 2', async () => {
    const cluster = await Cluster.start({ manager: HEARTBEAT });
    const proxy = await FaultProxy.start(cluster.port);
    proxy.rewrite = (chunk) =>
      Buffer.from(
        chunk.toString('latin1').replace(/"protocol_version":\d+/, '"protocol_version":99'),
      );
    const worker = cluster.spawnWorker(['--slots', '1', '--name', 'w1'], { port: proxy.port });
    expect(await worker.exited).toBe(2);
    const both = /Manager speaks protocol version \d+, the Worker 99/;
    expect(worker.stderr).toMatch(both);
    expect(cluster.manager.stderr).toMatch(both);
  });
});
