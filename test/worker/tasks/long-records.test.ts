import { describe, expect, it } from 'vitest';
import { RECORD_BYTES_MAX } from '../../../src/protocol/limits.ts';
import { TaskBench } from './task-bench.ts';

const LIMIT = { max_record_bytes: 1000 };
const LONG = 'x'.repeat(1001);

describe('a line longer than --max-record', () => {
  it.each(['cat', 'identity'])('of a mapper fails the attempt by name with %s', async (mapper) => {
    const bench = new TaskBench();
    const pieces = [bench.input('a', `short\n${LONG}\n`)];
    expect(
      await bench.fail(bench.mapOrder({ ...LIMIT, mapper, reduces: 1, pieces })),
    ).toMatchObject({
      outcome: 'failed',
      cause: {
        text: `Cannot take a record longer than 1000 bytes; it begins "${'x'.repeat(40)}": raise --max-record if it is meant to be one line`,
      },
    });
  });

  it('of a combiner fails the attempt by name', async () => {
    const bench = new TaskBench();
    const combiner = `awk '{ printf "k\\t"; for (i = 0; i < 1000; i++) printf "y"; print "" }'`;
    const pieces = [bench.input('a', 'k\t1\n')];
    const order = bench.mapOrder({ ...LIMIT, combiner, reduces: 1, pieces });
    expect(await bench.fail(order)).toMatchObject({
      outcome: 'failed',
      cause: { text: expect.stringContaining('raise --max-record') as unknown },
    });
  });

  it('is a record when it is as long as the limit', async () => {
    const bench = new TaskBench();
    const pieces = [bench.input('a', `${LONG.slice(1)}\n`)];
    await bench.succeed(bench.mapOrder({ ...LIMIT, reduces: 1, pieces }));
    bench.writeManifest(1);
    await bench.succeed(bench.reduceOrder({ ...LIMIT, reduces: 1 }));
    expect(bench.part('reduce-00000.1')).toBe(`${LONG.slice(1)}\n`);
  });

  it('passes where nothing is grouped: into a mapper, and out of a map-only one', async () => {
    const bench = new TaskBench();
    const pieces = [bench.input('a', `${LONG}\n`)];
    await bench.succeed(bench.mapOrder({ ...LIMIT, pieces }));
    expect(bench.part('map-00000.1')).toBe(`${LONG}\n`);
    const count = { ...LIMIT, mapper: 'wc -c', reduces: 1, pieces, task_index: 1 };
    await bench.succeed(bench.mapOrder(count));
  });

  it('passes out of a reducer', async () => {
    const bench = new TaskBench();
    await bench.succeed(
      bench.mapOrder({ ...LIMIT, reduces: 1, pieces: [bench.input('a', 'k\n')] }),
    );
    bench.writeManifest(1);
    const reducer = `awk '{ for (i = 0; i < 2000; i++) printf "z"; print "" }'`;
    await bench.succeed(bench.reduceOrder({ ...LIMIT, reducer, reduces: 1 }));
    expect(bench.part('reduce-00000.1')).toBe(`${'z'.repeat(2000)}\n`);
  });

  it('may be as long as --max-record lets it be at most', async () => {
    const bench = new TaskBench();
    const pieces = [bench.input('a', 'k\n')];
    const most = { max_record_bytes: RECORD_BYTES_MAX, reduces: 1, pieces };
    expect((await bench.run(bench.mapOrder(most))).outcome).toBe('finished');
    const more = { ...most, max_record_bytes: RECORD_BYTES_MAX + 1, task_index: 1 };
    expect((await bench.run(bench.mapOrder(more))).outcome).not.toBe('finished');
  });
});
