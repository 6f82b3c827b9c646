import {
  appendFileSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TaskBench } from './task-bench.ts';

describe('the input of a map attempt', () => {
  const changes: readonly [string, (path: string) => void][] = [
    [
      'cut short',
      (path) => {
        truncateSync(path, 3);
      },
    ],
    [
      'replaced',
      (path) => {
        // Longer, so that neither size nor time gives it away.
        writeFileSync(`${path}.new`, 'x\ny\nz\n');
        renameSync(`${path}.new`, path);
      },
    ],
    [
      'rewritten',
      (path) => {
        writeFileSync(path, 'z\nz\n');
        utimesSync(path, 1, 1);
      },
    ],
  ];
  it.each(changes)('that was %s is noticed', async (_what, change) => {
    const bench = new TaskBench();
    const piece = bench.input('a', 'x\ny\n');
    change(piece.path);
    expect(await bench.fail(bench.mapOrder({ pieces: [piece] }))).toMatchObject({
      outcome: 'input_changed',
      cause: { text: `Input "${piece.path}" changed while the job ran` },
    });
  });

  it('that is rewritten while it is read is noticed', async () => {
    const bench = new TaskBench();
    const piece = bench.input('a', 'x\ny\n');
    const mapper = `sh -c 'cat; touch -d @1 ${piece.path}'`;
    const failure = await bench.fail(bench.mapOrder({ mapper, pieces: [piece] }));
    expect(failure.outcome).toBe('input_changed');
  });

  it('that has grown is read as planned, and the rest is counted once', async () => {
    const bench = new TaskBench();
    const whole = bench.input('a', 'x\ny\n');
    const pieces = [bench.piece(whole.path, 0, 2), bench.piece(whole.path, 2, 2)];
    appendFileSync(whole.path, 'more\n');
    const { statistics } = await bench.succeed(bench.mapOrder({ pieces }));
    expect(bench.part('map-00000.1')).toBe('x\ny\n');
    expect(statistics.ignored_input_bytes).toBe(5);
  });

  it('that is not there on this Worker makes it unfit', async () => {
    const bench = new TaskBench();
    const piece = bench.input('a', 'x\n');
    rmSync(piece.path);
    expect(await bench.fail(bench.mapOrder({ pieces: [piece] }))).toMatchObject({
      outcome: 'unfit',
      cause: { text: `Cannot open "${piece.path}": no such file or directory` },
    });
  });

  it('may be left unread', async () => {
    const bench = new TaskBench();
    const piece = bench.input('a', 'line\n'.repeat(500_000));
    const { statistics } = await bench.succeed(
      bench.mapOrder({ mapper: 'head -n 1', pieces: [piece] }),
    );
    expect(bench.part('map-00000.1')).toBe('line\n');
    expect(statistics.input_bytes).toBeLessThan(piece.length);
    expect(readFileSync(piece.path)).toHaveLength(piece.length);
  });
});
