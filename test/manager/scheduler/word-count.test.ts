import { describe, expect, it } from 'vitest';
import { World } from './harness/world.ts';

describe('a word count on two Workers', () => {
  it('runs every task once, publishes and tells the client', async () => {
    const world = new World();
    world.worker('n1');
    world.worker('n2');
    const client = world.submit({ num_mappers: 4, num_reducers: 2 });
    world.runJobs();
    expect(client.report?.outcome).toBe('succeeded');
    expect(client.report?.counters).toEqual({ test: { map: '4', reduce: '2' } });
    await expect(world.trace()).toMatchFileSnapshot('scenarios/word-count.txt');
  });
});
