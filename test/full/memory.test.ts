import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Cluster, scratch } from '../e2e/cluster.ts';
import { commandLine, descendants, peakBytes } from '../e2e/processes.ts';
import { needsFullRun } from '../needs.ts';

/** A gigabyte through small buffers: memory is bounded by configuration, not by the input. */

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const SLOTS = 2;
const BUFFER = 64 * MIB;

/** Lines of words that hardly repeat, so that buffers fill and spill. */
async function writeInput(path: string): Promise<void> {
  const file = createWriteStream(path);
  let state = 1;
  for (let written = 0; written < GIB;) {
    let block = '';
    while (block.length < MIB) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      block += `${(state >>> 4).toString(36)} the of and ${(state % 99_991).toString(36)} light\n`;
    }
    written += block.length;
    if (!file.write(block)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}

describe('a gigabyte with --sort-buffer 64M', () => {
  it(
    'keeps the Worker and the Manager within their bounds',
    { timeout: 900_000 },
    async (context) => {
      needsFullRun(context);
      const cluster = await Cluster.start({
        workers: [['--slots', String(SLOTS), '--sort-buffer', '64M']],
      });
      const directory = await scratch();
      const input = join(directory, 'input.txt');
      await writeInput(input);
      const mapper = 'awk \'{ for (i = 1; i <= NF; i++) print $i "\\t1" }\'';
      const job = ['-i', input, '-o', join(directory, 'out'), '-m', mapper, '-r', 'sum'];
      const outcome = await cluster.submit([...job, '--json']);
      expect(outcome.code, outcome.stderr).toBe(0);
      const worker = cluster.workers[0]?.pid ?? 0;
      const own = [
        worker,
        ...descendants(worker).filter((pid) => !commandLine(pid).includes('awk')),
      ];
      const workerPeak = own.reduce((sum, pid) => sum + peakBytes(pid), 0);
      const managerPeak = peakBytes(cluster.manager.pid);
      console.log(
        `peaks: Worker ${String(workerPeak / MIB)} MiB, Manager ${String(managerPeak / MIB)} MiB`,
      );
      expect(workerPeak).toBeLessThanOrEqual(SLOTS * BUFFER + 100e6 + SLOTS * 15e6);
      expect(managerPeak).toBeLessThanOrEqual(150e6);
    },
  );
});
