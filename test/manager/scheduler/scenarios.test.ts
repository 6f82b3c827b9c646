import { describe, expect, it } from 'vitest';
import { World } from './harness/world.ts';

/** Whole lives of jobs, to read: `npx vitest run scenarios -u` writes them anew. */
describe('the trace', () => {
  it('of a word count in which nothing goes wrong', async () => {
    const world = new World();
    world.worker('n1');
    world.worker('n2');
    const client = world.submit({ num_mappers: 5, num_reducers: 2 });
    world.runJobs();
    expect(client.report?.outcome).toBe('succeeded');
    expect(client.report?.counters).toEqual({ test: { map: '5', reduce: '2' } });
    await expect(world.trace()).toMatchFileSnapshot('scenarios/word-count.txt');
  });

  it('of a word count in which a Worker is killed', async () => {
    const world = new World();
    world.worker('n1');
    const killed = world.worker('n2', { taskMs: 5000 });
    const client = world.submit({ num_mappers: 4 });
    world.run(500);
    killed.crash();
    world.runJobs();
    expect(client.report).toMatchObject({
      outcome: 'succeeded',
      maps: { failed: 0, lost: 1 },
      counters: { test: { map: '4', reduce: '1' } },
    });
    await expect(world.trace()).toMatchFileSnapshot('scenarios/lost-worker.txt');
  });
});
