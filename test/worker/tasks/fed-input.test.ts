import { appendFileSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LauncherPool } from '../../../src/runtime/launch/launcher-pool.ts';
import { until } from '../program/programs.ts';
import { TaskBench } from './task-bench.ts';

const LINE = 'a line of forty bytes, newline included\n';
const LINES = 200_000;
const TEXT = LINE.repeat(LINES);

async function fedBench(): Promise<TaskBench> {
  const bench = new TaskBench();
  await (bench.context.host.starter as LauncherPool).warm();
  expect(bench.context.host.starter.canFeed).toBe(true);
  return bench;
}

describe('a large range of a plain file', () => {
  it('reaches the mapper byte by byte, and nobody has counted its lines', async () => {
    const bench = await fedBench();
    const { path } = bench.input('large.txt', TEXT);
    const start = LINE.length * 7;
    const length = LINE.length * 150_000;
    const order = bench.mapOrder({ mapper: 'cat', pieces: [bench.piece(path, start, length)] });
    const { statistics } = await bench.succeed(order);
    expect(bench.part('map-00000.1') === TEXT.slice(start, start + length)).toBe(true);
    expect(statistics).toMatchObject({ input_bytes: length, input_records: null });
  });

  it('may be read from /dev/stdin, late', async () => {
    const bench = await fedBench();
    const pieces = [bench.input('large.txt', TEXT)];
    const mapper = `sh -c 'read line; sleep 0.1; cat /dev/stdin | wc -l'`;
    await bench.succeed(bench.mapOrder({ mapper, pieces }));
    expect(Number(bench.part('map-00000.1'))).toBe(LINES - 1);
  });

  it.each([
    ['head -n 1', LINE],
    ['echo done', 'done\n'],
    [`sh -c 'exec <&-; sleep 0.1; echo done'`, 'done\n'],
  ])('need not be read to its end: %s', async (mapper, output) => {
    const bench = await fedBench();
    const pieces = [bench.input('large.txt', TEXT)];
    const { statistics } = await bench.succeed(bench.mapOrder({ mapper, pieces }));
    expect(bench.part('map-00000.1')).toBe(output);
    expect(statistics.input_bytes).toBeLessThan(TEXT.length);
  });

  it('of a file that shrinks meanwhile fails the attempt', async () => {
    const bench = await fedBench();
    const piece = bench.input('large.txt', TEXT);
    const mapper = `sh -c 'read line; echo >&2 reporter:status:begun; sleep 0.3; cat >/dev/null'`;
    const order = bench.mapOrder({ mapper, pieces: [piece] });
    const failing = bench.run(order, {
      onEvent: ({ type }) => {
        if (type === 'started') setTimeout(() => truncateSync(piece.path, 1_000_000), 100);
      },
    });
    expect(await failing).toMatchObject({ outcome: 'input_changed' });
  });

  it('does not take in what is appended meanwhile', async () => {
    const bench = await fedBench();
    const piece = bench.input('large.txt', TEXT);
    appendFileSync(join(bench.directory, 'large.txt'), LINE);
    const { statistics } = await bench.succeed(
      bench.mapOrder({ mapper: 'wc -l', pieces: [piece] }),
    );
    expect(Number(bench.part('map-00000.1'))).toBe(LINES);
    expect(statistics.ignored_input_bytes).toBe(LINE.length);
  });

  it('is known to be read, little by little', async () => {
    const bench = await fedBench();
    const pieces = [bench.input('large.txt', TEXT)];
    const mapper = `sh -c 'head -c 3000000 >/dev/null; sleep 1; cat >/dev/null'`;
    await bench.succeed(bench.mapOrder({ mapper, pieces }));
    const seen = bench.events.flatMap((event) =>
      event.type === 'progress' ? [event.bytesRead] : [],
    );
    expect(seen.some((bytes) => bytes >= 3_000_000 && bytes < TEXT.length)).toBe(true);
    expect(seen.at(-1)).toBe(TEXT.length);
  });

  it('has no process left that feeds when the attempt was killed', async () => {
    const bench = await fedBench();
    const abort = new AbortController();
    const { path } = bench.input('large.txt', TEXT);
    const length = TEXT.length - LINE.length * 3;
    const feeders = (): readonly string[] => processesWith(`count=${String(length)}\0`);
    const killed = bench.run(
      bench.mapOrder({ mapper: 'sleep 1000', pieces: [bench.piece(path, 0, length)] }),
      { signal: abort.signal },
    );
    await until(() => feeders().length === 1);
    abort.abort();
    expect(await killed).toEqual({ outcome: 'killed' });
    expect(feeders()).toEqual([]);
  });

  it('whose reading was cut off from outside is not taken for its end', async () => {
    const bench = await fedBench();
    const { path } = bench.input('large.txt', TEXT);
    const length = TEXT.length - LINE.length * 5;
    const mapper = `sh -c 'read line; sleep 0.5; cat'`;
    const failing = bench.run(bench.mapOrder({ mapper, pieces: [bench.piece(path, 0, length)] }));
    const feeders = (): readonly string[] => processesWith(`count=${String(length)}\0`);
    await until(() => feeders().length === 1);
    process.kill(Number(feeders()[0]), 'SIGKILL');
    expect(await failing).toMatchObject({ outcome: 'unfit' });
  });
});

/** Ids of the processes that have this text in their command lines. */
function processesWith(text: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => commandLineOf(pid).includes(text));
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}
