import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TaskBench } from './task-bench.ts';

const REDUCES = 4;
const INPUTS = ['pear\t1\napple\t1\nfig\t1\n', 'fig\t2\nbanana\t2\nzebra\t2\nfig\t1\n'];

/** A job of which all maps are done, with keys cut at "banana" and "g". */
class OrderedJob extends TaskBench {
  readonly rules = { ...this.mapOrder().rules, total_order: true };

  static async mapped(options: { reducer?: string; combiner?: string } = {}): Promise<OrderedJob> {
    const job = new OrderedJob();
    for (const [index, content] of INPUTS.entries()) {
      const pieces = [job.input(`in-${String(index)}`, content)];
      const order = { ...job.common(), ...options, task_index: index, pieces };
      await job.succeed(job.mapOrder(order));
    }
    job.writeManifest(INPUTS.length);
    const lines = ['banana', 'g'].map(
      (key) => `{"from":"${Buffer.from(key).toString('base64')}"}\n`,
    );
    writeFileSync(join(job.jobDirectory, 'ranges'), lines.join(''));
    return job;
  }

  common() {
    return { reduces: REDUCES, rules: this.rules };
  }

  /** All parts, in order. */
  async reduceAll(options: { reducer?: string; combiner?: string } = {}): Promise<string[]> {
    const parts: string[] = [];
    for (let index = 0; index < REDUCES; index++) {
      await this.succeed(this.reduceOrder({ ...this.common(), ...options, task_index: index }));
      parts.push(this.part(`reduce-0000${String(index)}.1`));
    }
    return parts;
  }
}

describe('the reduces of a job with total order', () => {
  it('each have the keys of their range, and none beyond the last cut', async () => {
    const job = await OrderedJob.mapped();
    expect(await job.reduceAll()).toEqual([
      'apple\t1\n',
      'banana\t2\nfig\t1\nfig\t2\nfig\t1\n',
      'pear\t1\nzebra\t2\n',
      '',
    ]);
  });

  it('do so behind a combiner and with a built-in', async () => {
    for (const combiner of ['sum', 'cat']) {
      const programs = { reducer: 'sum', combiner };
      const job = await OrderedJob.mapped(programs);
      expect((await job.reduceAll(programs)).join('')).toBe(
        'apple\t1\nbanana\t2\nfig\t4\npear\t1\nzebra\t2\n',
      );
    }
  });

  it('wait for a run that is away, and name the one that stays damaged', async () => {
    const job = await OrderedJob.mapped();
    const path = job.run1Path(1);
    const order = job.reduceOrder({ ...job.common(), task_index: 1 });
    renameSync(path, `${path}.away`);
    let looks = 0;
    job.onRetry = () => {
      if (++looks === 3) renameSync(`${path}.away`, path);
    };
    await job.succeed(order);
    expect(job.part('reduce-00001.1')).toBe('banana\t2\nfig\t1\nfig\t2\nfig\t1\n');
    const bytes = readFileSync(path);
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    expect(await job.fail({ ...order, attempt: 2 })).toMatchObject({
      outcome: 'unfit',
      bad_run: { map_index: 1, attempt: 1 },
    });
  });

  it('are given back uncharged where the ranges cannot be read', async () => {
    const job = await OrderedJob.mapped();
    rmSync(join(job.jobDirectory, 'ranges'));
    expect(await job.fail(job.reduceOrder({ ...job.common() }))).toMatchObject({
      outcome: 'unfit',
      cause: { text: expect.stringMatching(/ranges": no such file or directory$/) },
      bad_run: null,
    });
  });

  it('is one alone: then its keys are partitioned like any', async () => {
    const job = new OrderedJob();
    const common = { ...job.common(), reduces: 1 };
    await job.succeed(job.mapOrder({ ...common, pieces: [job.input('in', INPUTS[1] ?? '')] }));
    job.writeManifest(1);
    await job.succeed(job.reduceOrder(common));
    expect(job.part('reduce-00000.1')).toBe('banana\t2\nfig\t2\nfig\t1\nzebra\t2\n');
  });
});
