import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { LineSelection } from '../../../src/protocol/manager-orders.ts';
import { rulesOf } from '../../../src/protocol/job-spec.ts';
import type { LauncherPool } from '../../../src/runtime/launch/launcher-pool.ts';
import { TaskBench } from './task-bench.ts';

const ATTEMPT = 'attempts/map-00000.1';

function selection(to: number, fields: Partial<LineSelection> = {}): LineSelection {
  return { from: 0, to, except: [], probe: true, count: false, ...fields };
}

/** The whole input without these lines. */
function without(to: number, ...lines: readonly number[]): LineSelection {
  const except = lines.map((line) => ({ line, cause: `cause ${String(line)}` }));
  return selection(to, { except, probe: false });
}

describe('a map attempt that leaves lines out', () => {
  it('maps all others, and keeps those beside its part with where they were', async () => {
    const bench = new TaskBench();
    const whole = bench.input('a', 'one\ntwo\n\nthree\n');
    const pieces = [bench.piece(whole.path, 4), bench.input('b', 'four\nfive')];
    const lines = without(5, 1, 2, 4);
    const { outputs, statistics } = await bench.succeed(bench.mapOrder({ pieces, lines }));
    expect(bench.part('map-00000.1')).toBe('two\nfour\n');
    expect(statistics).toMatchObject({ input_bytes: 20, input_records: 2 });
    const bad = join(bench.staging, ATTEMPT, 'bad');
    expect(readFileSync(join(bad, 'lines'), 'utf8')).toBe('\nthree\nfive\n');
    const records = readFileSync(join(bad, 'records'), 'utf8').trimEnd().split('\n');
    const at = (file: string, offset: number, length: number, line: number) => ({
      file: join(bench.directory, file),
      offset,
      length,
      task: 'map-00000',
      cause: `cause ${String(line)}`,
    });
    expect(records.map((line) => JSON.parse(line) as unknown)).toEqual([
      at('a', 8, 1, 1),
      at('a', 9, 6, 2),
      at('b', 5, 4, 4),
    ]);
    expect(outputs.map(({ name, records: count }) => [name, count])).toEqual([
      ['part', 2],
      ['bad/lines', 3],
      ['bad/records', 3],
    ]);
    expect(outputs.slice(1).map(({ bytes }) => bytes)).toEqual(
      ['lines', 'records'].map((name) => statSync(join(bad, name)).size),
    );
    expect(statSync(join(bad, 'lines')).mode & 0o777).toBe(0o640);
  });

  it('keeps them beside nothing else when its result is a run', async () => {
    const bench = new TaskBench();
    const pieces = [bench.input('a', 'x\ny\n')];
    await bench.succeed(bench.mapOrder({ pieces, lines: without(2, 0), reduces: 1 }));
    expect(readdirSync(join(bench.staging, ATTEMPT))).toEqual(['bad']);
  });

  it('finds them though its mapper stops reading before, and in pieces without others', async () => {
    const bench = new TaskBench();
    const text = Array.from({ length: 500_000 }, (_, line) => `line ${String(line)}\n`).join('');
    const pieces = [bench.input('a', text), bench.input('b', 'bad')];
    const order = bench.mapOrder({
      mapper: `sh -c 'head -n 1; echo end'`,
      pieces,
      lines: without(500_001, 499_999, 500_000),
    });
    await bench.succeed(order);
    expect(bench.part('map-00000.1')).toBe('line 0\nend\nend\n');
    const bad = join(bench.staging, ATTEMPT, 'bad/lines');
    expect(readFileSync(bad, 'utf8')).toBe('line 499999\nbad\n');
  });

  it('takes them out of compressed files, and says where they are in the content', async () => {
    const bench = new TaskBench();
    const pieces = [bench.input('a.gz', gzipSync('a\nb\n')), bench.input('b.gz', gzipSync('c\nd'))];
    await bench.succeed(bench.mapOrder({ pieces, lines: without(4, 1, 3) }));
    expect(bench.part('map-00000.1')).toBe('a\nc\n');
    const records = readFileSync(join(bench.staging, ATTEMPT, 'bad/records'), 'utf8');
    expect(records).toMatch(/a\.gz","offset":2,"length":2.*\n.*b\.gz","offset":2,"length":1,/);
  });

  it('takes them out of a range that another process would have fed', async () => {
    const bench = new TaskBench();
    await (bench.context.host.starter as LauncherPool).warm();
    const text = 'a line of forty bytes, newline included\n'.repeat(200_000);
    const pieces = [bench.input('large', `${text}bad\n${text}`)];
    await bench.succeed(bench.mapOrder({ pieces, lines: without(400_001, 200_000) }));
    expect(bench.part('map-00000.1') === `${text}${text}`).toBe(true);
  });

  it('never glues lines together, with one process for all pieces too', async () => {
    for (const one_process of [false, true]) {
      const bench = new TaskBench();
      const pieces = ['a\nx', 'b', '', 'x\nc'].map((text, index) =>
        bench.input(String(index), text),
      );
      const rules = { ...rulesOf({}), one_process };
      await bench.succeed(bench.mapOrder({ pieces, rules, lines: without(5, 1, 3) }));
      expect(bench.part('map-00000.1')).toBe('a\nb\nc\n');
    }
  });
});

describe('a probe', () => {
  it('feeds the beginning of the input, keeps nothing, and counts lines when asked', async () => {
    const bench = new TaskBench();
    const pieces = [bench.input('a', 'a\nb\n'), bench.input('b', 'c\nd')];
    const seen = join(bench.directory, 'seen');
    const mapper = `sh -c 'tee -a ${seen}; echo end >> ${seen}; echo reporter:counter:a,b,1 >&2'`;
    for (const [count, total] of [
      [false, null],
      [true, 4],
    ] as const) {
      const lines = selection(1, { count });
      const result = await bench.succeed(bench.mapOrder({ mapper, pieces, lines }));
      expect(result).toMatchObject({ outputs: [], counters: [], lines: { total, last: null } });
      expect(existsSync(join(bench.staging, ATTEMPT))).toBe(false);
    }
    // The second piece has no line of it, and so no mapper.
    expect(readFileSync(seen, 'utf8')).toBe('a\nend\na\nend\n');
  });

  it('feeds a line from the middle alone', async () => {
    const bench = new TaskBench();
    const pieces = ['a\nb\n', 'c\nd\n', 'e\n'].map((text, i) => bench.input(String(i), text));
    const seen = join(bench.directory, 'seen');
    const mapper = `sh -c 'tee -a ${seen}; echo end >> ${seen}'`;
    const lines = selection(4, { from: 3 });
    await bench.succeed(bench.mapOrder({ mapper, pieces, lines }));
    expect(readFileSync(seen, 'utf8')).toBe('d\nend\n');
  });

  it('that fails says where its last line is, however far the mapper read', async () => {
    const bench = new TaskBench();
    const text = 'line\n'.repeat(100_000);
    const pieces = [bench.input('a', text), bench.input('b', 'b\nbad')];
    for (const mapper of [
      'sh -c "exit 3"',
      'sh -c "cat > /dev/null; exit 3"',
      'sh -c "kill -9 $$"',
    ]) {
      const lines = selection(100_002, { count: true });
      const failure = await bench.fail(bench.mapOrder({ mapper, pieces, lines }));
      const last = { path: join(bench.directory, 'b'), offset: 2, length: 3 };
      expect(failure).toMatchObject({ outcome: 'failed', lines: { total: 100_002, last } });
    }
  });

  it('that hangs fails after the timeout', async () => {
    const bench = new TaskBench();
    const mapper = `sh -c 'read a; read b; sleep 600'`;
    const pieces = [bench.input('a', 'a\nb\nc\n')];
    const lines = selection(2);
    const order = bench.mapOrder({ mapper, pieces, lines, task_timeout_ms: 200 });
    expect(await bench.fail(order)).toMatchObject({ lines: { last: { offset: 2, length: 2 } } });
  });

  it('of a damaged file fails by that, and counts nothing', async () => {
    const bench = new TaskBench();
    const pieces = [bench.input('a.gz', gzipSync('a\n'.repeat(10_000)).subarray(0, -5))];
    const lines = selection(1, { count: true });
    const failure = await bench.fail(bench.mapOrder({ mapper: 'sh -c "exit 3"', pieces, lines }));
    expect(failure.cause.text).toMatch('Cannot decompress');
    expect(failure.lines).toBeUndefined();
  });

  it('of an empty input runs the mapper on nothing', async () => {
    const bench = new TaskBench();
    const pieces = [bench.input('a', '')];
    const failure = await bench.fail(
      bench.mapOrder({ mapper: 'sh -c "exit 3"', pieces, lines: selection(1, { count: true }) }),
    );
    expect(failure).toMatchObject({ lines: { total: 0, last: null } });
  });
});
