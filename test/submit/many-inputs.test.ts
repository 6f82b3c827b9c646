import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseInputList } from '../../src/inputs/input-list.ts';
import type { NewManagerJob, PutFile } from '../../src/protocol/client-messages.ts';
import { fakeClient } from './fake-client.ts';
import type { FakeManager } from './fake-manager.ts';
import { bench, PROGRAMS, submit } from './submit-bench.ts';

function sent(manager: FakeManager): { job: NewManagerJob; puts: readonly PutFile[] } {
  const job = manager.received.find((message) => message.message_type === 'new_manager_job');
  if (!job) throw new Error('No job was submitted');
  const puts = manager.received.filter((message) => message.message_type === 'put_file');
  return { job, puts };
}

describe('inputs', () => {
  it('that a message holds are in it', async () => {
    const { directory, manager, client } = await bench();
    await writeFile(join(directory, 'b.txt'), 'b\n');
    await submit(manager, client, ...PROGRAMS, '-o', 'out', '-i', 'b.txt');
    const { job } = sent(manager);
    expect(job.input_directory).toEqual([join(directory, 'input.txt'), join(directory, 'b.txt')]);
    expect(job).not.toHaveProperty('input_list');
  });

  it.each([
    ['many', 1000, 'x'],
    ['long', 990, 'x'.repeat(240)],
  ])('that are too %s for it travel before it, in order', async (_what, count, name) => {
    const { directory, manager, client } = await bench();
    const names = Array.from({ length: count }, (_, index) => `${name}\n${String(index)} \u00e9`);
    await Promise.all(names.map((each) => writeFile(join(directory, each), '')));
    // The first is from the bench.
    const argv = ['-o', 'out', '-i', ...names];
    await submit(manager, client, ...PROGRAMS, ...argv);
    const { job, puts } = sent(manager);
    expect(job.input_directory).toEqual([]);
    const list = puts.filter(({ sha256 }) => sha256 === job.input_list);
    const content = Buffer.concat(list.map((put) => Buffer.from(put.data_base64, 'base64')));
    expect(parseInputList(content)).toEqual(
      ['input.txt', ...names].map((each) => join(directory, each)),
    );
    expect(list.at(-1)?.last).toBe(true);
  });

  it('as patterns are the submitter’s, whose directory is no part of the pattern', async () => {
    const { directory, manager } = await bench();
    const odd = join(directory, 'a[b]{c}*');
    await mkdir(odd);
    await writeFile(join(odd, 'input.txt'), 'x\n');
    await writeFile(join(odd, 'map.sh'), '#!/bin/sh\ncat\n', { mode: 0o755 });
    await writeFile(join(odd, 'there[1].txt'), 'x\n');
    const client = fakeClient(odd);
    await submit(manager, client, ...PROGRAMS, '-o', 'out', '-i', '*.log', '/x/?', 'there[1].txt');
    expect(sent(manager).job.input_directory).toEqual([
      join(odd, 'input.txt'),
      `${directory}/a\\[b\\]\\{c\\}\\*/*.log`,
      '/x/?',
      join(odd, 'there[1].txt'),
    ]);
  });
});
