import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { Guard } from '../../../src/worker/program/guard.ts';
import type * as slotPool from '../../../src/worker/tasks/slot-pool.ts';
import type {
  SlotEvent,
  TaskOrderMessage,
  TaskResult,
} from '../../../src/worker/tasks/task-result.ts';
import { compileSources } from '../compiled-sources.ts';
import { isAlive, until } from '../program/programs.ts';
import { TaskBench } from './task-bench.ts';

// A thread runs compiled sources, so the pool that starts it has to be compiled as well.
const directory = compileSources();
let compiled: typeof slotPool;
beforeAll(async () => {
  const { href } = pathToFileURL(join(directory, 'worker/tasks/slot-pool.js'));
  compiled = (await import(/* @vite-ignore */ href)) as typeof slotPool;
});

interface PoolBench {
  readonly bench: TaskBench;
  readonly pool: slotPool.SlotPool;
  readonly workDirectory: string;
  readonly crashes: readonly string[];
  readonly run: (
    slot: number,
    order: TaskOrderMessage,
    onEvent?: (event: SlotEvent) => void,
  ) => Promise<TaskResult>;
}

async function startPool(slots: number): Promise<PoolBench> {
  const bench = new TaskBench();
  const workDirectory = join(bench.directory, 'scratch');
  mkdirSync(workDirectory);
  const guard = await Guard.start({ scratchDirectory: workDirectory });
  const crashes: string[] = [];
  const pool = new compiled.SlotPool({
    slots,
    sortBufferBytes: 1024 * 1024,
    workDirectory,
    fifoDirectory: workDirectory,
    workerId: 'pool-1',
    guard,
    onCrash: (slot, error) => crashes.push(`${String(slot)}: ${error.message}`),
  });
  onTestFinished(async () => {
    await pool.close();
    await guard.close();
  });
  return {
    bench,
    pool,
    workDirectory,
    crashes,
    run: (slot, order, onEvent) =>
      new Promise((resolve) => {
        pool.run(slot, order, (event) => {
          onEvent?.(event);
          if (event.type === 'ended') resolve(event.result);
        });
      }),
  };
}

it('programs of a slot are nicer than the Worker', async () => {
  const { bench, run } = await startPool(1);
  const before = getPriority();
  const mapper = `sh -c 'cut -d" " -f19 /proc/self/stat'`;
  const order = bench.mapOrder({ mapper, pieces: [bench.input('a', 'x\n')] });
  expect((await run(0, order)).outcome).toBe('finished');
  expect(bench.part('map-00000.1')).toBe(`${String(before + 5)}\n`);
  expect(getPriority()).toBe(before);
});

it('slots run attempts side by side, and one after another', async () => {
  const { bench, run } = await startPool(2);
  const meet = (index: number): TaskOrderMessage =>
    bench.mapOrder({
      task_index: index,
      // Each waits for the other.
      mapper: `sh -c 'touch ${bench.directory}/at-${String(index)}; until [ -e ${bench.directory}/at-${String(1 - index)} ]; do sleep 0.01; done; cat'`,
      pieces: [bench.input(`in-${String(index)}`, 'x\n')],
    });
  const results = await Promise.all([run(0, meet(0)), run(1, meet(1))]);
  expect(results.map((result) => result.outcome)).toEqual(['finished', 'finished']);
  const third = bench.mapOrder({ task_index: 2, pieces: [bench.input('in-2', 'y\n')] });
  expect((await run(0, third)).outcome).toBe('finished');
});

it('an attempt is killed by its name and no other is', async () => {
  const { bench, pool, run } = await startPool(1);
  const mapper = `sh -c 'echo reporter:status:$$ >&2; exec sleep 1000'`;
  const order = bench.mapOrder({ mapper, pieces: [bench.input('a', 'x\n')] });
  let pid = 0;
  const result = await run(0, order, (event) => {
    // It may come before the program has said anything, and again when it is dead.
    if (event.type !== 'progress' || event.status === '' || pid !== 0) return;
    pid = Number(event.status);
    pool.kill({ ...order, attempt: 2 });
    expect(isAlive(pid)).toBe(true);
    pool.kill(order);
  });
  expect(result).toEqual({ outcome: 'killed' });
  await until(() => !isAlive(pid));
});

it('a pool that is closed kills what runs and leaves nothing', async () => {
  const { bench, pool, run, workDirectory } = await startPool(1);
  const order = bench.mapOrder({ mapper: 'sleep 1000', pieces: [bench.input('a', 'x\n')] });
  const result = await run(0, order, (event) => {
    if (event.type === 'started') void pool.close();
  });
  expect(result).toEqual({ outcome: 'killed' });
  await pool.close();
  expect(existsSync(join(workDirectory, 'slot-0'))).toBe(false);
});

it('a thread that dies is replaced, and its attempt is the Worker’s fault', async () => {
  const { bench, crashes, run } = await startPool(1);
  writeFileSync(join(bench.jobDirectory, 'manifest'), '{}\n');
  const result = await run(0, bench.reduceOrder({ reduces: 1 }));
  expect(result).toMatchObject({
    outcome: 'unfit',
    cause: { text: "the slot's thread died: manifest line {}" },
  });
  expect(crashes).toEqual(['0: manifest line {}']);
  const next = bench.mapOrder({ pieces: [bench.input('a', 'x\n')] });
  expect((await run(0, next)).outcome).toBe('finished');
});
