import { execFileSync } from 'node:child_process';
import {
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TaskBench } from './task-bench.ts';

const REDUCES = 3;
const WORDS = `awk '{ for (i = 1; i <= NF; i++) print $i "\\t1" }'`;
const ADD = `awk -F '\\t' '$1 != k && NR > 1 { print k "\\t" s; s = 0 } { k = $1; s += $2 } END { if (NR) print k "\\t" s }'`;

interface Job {
  readonly mapper?: string;
  readonly combiner?: string;
  readonly reducer: string;
  readonly inputs: readonly string[];
  readonly sortBufferBytes?: number;
}

/** Runs a whole job, task after task, and gives the lines of its parts, and its bench. */
async function runJob(
  job: Job,
): Promise<{ lines: readonly string[]; spills: number; bench: TaskBench }> {
  const bench = new TaskBench({ sortBufferBytes: job.sortBufferBytes ?? 4 * 1024 * 1024 });
  const common = { reduces: REDUCES, combiner: job.combiner ?? null };
  let spills = 0;
  for (const [index, content] of job.inputs.entries()) {
    const order = bench.mapOrder({
      ...common,
      mapper: job.mapper ?? WORDS,
      reducer: job.reducer,
      task_index: index,
      pieces: [bench.input(`in-${String(index)}`, content)],
    });
    spills += (await bench.succeed(order)).statistics.spills;
  }
  bench.writeManifest(job.inputs.length);
  const lines: string[] = [];
  for (let index = 0; index < REDUCES; index++) {
    const order = bench.reduceOrder({ ...common, reducer: job.reducer, task_index: index });
    await bench.succeed(order);
    const part = bench.part(`reduce-0000${String(index)}.1`);
    lines.push(...part.split('\n').filter((line) => line !== ''));
  }
  return { lines, spills, bench };
}

/** The same job as one pipeline of the shell. */
function oracle(inputs: readonly string[], reducer: string): readonly string[] {
  const script = `${WORDS} | LC_ALL=C sort -s -t "$(printf '\\t')" -k1,1 | ${reducer}`;
  const output = execFileSync('sh', ['-c', script], { input: inputs.join(''), encoding: 'utf8' });
  return output.split('\n').filter((line) => line !== '');
}

/** Some words, many of them often. */
function text(lines: number, seed: number): string {
  let state = seed;
  const word = (): string => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return `w${String(Math.floor((state / 2_147_483_648) ** 3 * 40_000))}`;
  };
  return Array.from({ length: lines }, () => `${word()} ${word()} ${word()}\n`).join('');
}

describe('map and reduce attempts of one job', () => {
  const inputs = [text(3000, 1), text(3000, 2), ''];
  const expected = [...oracle(inputs, ADD)].toSorted();

  it.each([
    ['a program', ADD, undefined, undefined],
    ['the built-in sum', 'sum', undefined, undefined],
    ['the built-in count', 'count', undefined, undefined],
    ['a program after a program that combines', ADD, ADD, undefined],
    ['a program after a built-in that combines', ADD, 'sum', undefined],
    ['count after count', 'count', 'count', undefined],
    ['a program, with a buffer that fills up', ADD, ADD, 80 * 1024],
  ])('count words with %s as the shell does', async (_what, reducer, combiner, sortBufferBytes) => {
    const { lines, spills } = await runJob({
      reducer,
      inputs,
      ...(combiner !== undefined && { combiner }),
      ...(sortBufferBytes !== undefined && { sortBufferBytes }),
    });
    expect([...lines].toSorted()).toEqual(expected);
    expect(spills > 0).toBe(sortBufferBytes !== undefined);
  });

  it('give a reducer every record of a key together, in the order of the maps', async () => {
    const { lines } = await runJob({
      mapper: 'identity',
      reducer: 'cat',
      inputs: ['b\t2\na\t9\nplain\n', 'b\t1\na\t3', 'plain\nplain\t\n'],
    });
    const byKey = lines.filter((line) => !line.startsWith('plain'));
    expect(byKey.filter((line) => line.startsWith('a'))).toEqual(['a\t9', 'a\t3']);
    expect(byKey.filter((line) => line.startsWith('b'))).toEqual(['b\t2', 'b\t1']);
    expect(lines.filter((line) => line.startsWith('plain'))).toEqual(['plain', 'plain', 'plain\t']);
  });

  it('have the same environment but for the input', async () => {
    const { lines } = await runJob({
      mapper: 'env',
      reducer: `sh -c 'cat >/dev/null; env'`,
      inputs: ['x\n'],
    });
    expect(lines).toContain('mapreduce_task_attempt_id=reduce-00002.1');
    expect(lines).toContain('mapreduce_task_ismap=false');
    expect(lines).toContain('mapreduce_worker_id=test-1');
    expect(lines.filter((line) => line.startsWith('mapreduce_map_input'))).toEqual([]);
  });

  it('count what a reducer reads the same, built-in or not', async () => {
    const totals = async (reducer: string): Promise<readonly (number | null)[]> => {
      const { bench } = await runJob({ reducer, inputs: [inputs[0] ?? ''] });
      const ended = bench.events.flatMap((event) => (event.type === 'ended' ? [event.result] : []));
      const read = ended.flatMap((result) =>
        result.outcome === 'finished' ? [result.statistics] : [],
      );
      return read.flatMap((statistics) => [statistics.input_bytes, statistics.input_records]);
    };
    expect(await totals('sum')).toEqual(await totals(ADD));
  });
});

describe('a combiner', () => {
  it.each([
    ['fails', `sh -c 'cat > /dev/null; exit 5'`, 'exit code 5'],
    ['changes keys', `sed 's/^/x/'`, /^Cannot take the key "xw\d+" from the combiner/],
  ])('that %s fails the map attempt and is named', async (_what, combiner, cause) => {
    const bench = new TaskBench();
    const pieces = [bench.input('a', text(100, 3))];
    const failure = await bench.fail(
      bench.mapOrder({ mapper: WORDS, combiner, reduces: 2, pieces }),
    );
    expect(failure.outcome).toBe('failed');
    expect(failure.cause.text).toMatch(cause);
    expect(readdirSync(join(bench.jobDirectory, 'map'))).toEqual([]);
  });
});

describe('a reduce attempt that does not succeed', () => {
  /** A job that is done; whoever spoils a run of it has this slot forget what it has read of it. */
  async function mapped(): Promise<TaskBench> {
    const { bench } = await runJob({ reducer: 'identity', inputs: [text(500, 4), text(500, 5)] });
    return bench;
  }
  const order = { reduces: REDUCES, attempt: 2 };

  it('because its program fails says so', async () => {
    const bench = await mapped();
    const failure = await bench.fail(bench.reduceOrder({ ...order, reducer: 'false' }));
    expect(failure).toMatchObject({
      outcome: 'failed',
      cause: { text: 'exit code 1', exit_code: 1 },
      input: null,
      bad_run: null,
    });
    expect(readdirSync(join(bench.staging, 'attempts'))).not.toContain('reduce-00000.2');
  });

  it('because a value is no number names the line', async () => {
    const { bench } = await runJob({ mapper: 'cat', reducer: 'identity', inputs: ['k\tx\n'] });
    const failures = await Promise.all(
      [0, 1, 2].map(async (task_index) => {
        const own = new TaskBench();
        const reduce = bench.reduceOrder({ ...order, task_index, reducer: 'sum' });
        return own.run(reduce);
      }),
    );
    const failed = failures.filter((result) => result.outcome === 'failed');
    expect(failed).toMatchObject([{ cause: { text: expect.stringContaining('"k\\tx"') } }]);
  });

  it.each([
    [
      'missing',
      (path: string) => {
        renameSync(path, `${path}.away`);
      },
    ],
    [
      'cut short',
      (path: string) => {
        truncateSync(path, statSync(path).size - 10);
      },
    ],
    [
      'damaged',
      (path: string) => {
        const bytes = readFileSync(path);
        bytes[200] = (bytes[200] ?? 0) ^ 1;
        writeFileSync(path, bytes);
      },
    ],
  ])('because a run is %s waits 2 s for it, then names it', async (_what, spoil) => {
    const bench = await mapped();
    spoil(bench.run1Path(1));
    bench.context.runMemory.forget(bench.run1Path(1));
    const results = [];
    for (let task_index = 0; task_index < REDUCES; task_index++)
      results.push(await bench.run(bench.reduceOrder({ ...order, task_index })));
    const failed = results.filter((result) => result.outcome !== 'finished');
    expect(failed[0]).toMatchObject({ outcome: 'unfit', bad_run: { map_index: 1, attempt: 1 } });
  });

  it('at once may succeed when the run comes back in time', async () => {
    const bench = await mapped();
    const path = bench.run1Path(0);
    renameSync(path, `${path}.away`);
    bench.context.runMemory.forget(path);
    let looks = 0;
    bench.onRetry = () => {
      if (++looks === 3) renameSync(`${path}.away`, path);
    };
    await bench.succeed(bench.reduceOrder({ ...order }));
    expect(bench.part('reduce-00000.2')).toBe(bench.part('reduce-00000.1'));
    expect(looks).toBe(3);
  });

  it('never shows a good end of its input', async () => {
    const bench = await mapped();
    const path = bench.run1Path(1);
    const bytes = readFileSync(path);
    bytes[200] = (bytes[200] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    bench.context.runMemory.forget(path);
    const witness = join(bench.directory, 'witness');
    const reducer = `sh -c 'cat > /dev/null; echo end >> ${witness}'`;
    let unfit = 0;
    for (let task_index = 0; task_index < REDUCES; task_index++) {
      const result = await bench.run(bench.reduceOrder({ ...order, task_index, reducer }));
      if (result.outcome === 'unfit') unfit++;
    }
    const ends = readFileSync(witness, 'utf8').split('\n').length - 1;
    expect([unfit > 0, ends]).toEqual([true, REDUCES - unfit]);
  });
});
