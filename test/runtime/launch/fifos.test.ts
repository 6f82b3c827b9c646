import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { freshDirectory } from '../programs/fresh-directory.ts';
import { FifoPool, type ProgramFifos } from '../../../src/runtime/launch/fifos.ts';

it('makes FIFOs where a pool that nobody closed has left its own', async () => {
  const directory = join(freshDirectory(), 'fifos');
  const left = await new FifoPool(directory, 2).take();
  const pool = new FifoPool(directory, 2);
  const opened = await pool.take();
  onTestFinished(() => {
    for (const fifos of [left, opened]) close(fifos);
    pool.close();
  });
  expect(new Set([...Object.values(left.own), ...Object.values(opened.own)]).size).toBe(6);
});

function close({ own, release }: ProgramFifos): void {
  release();
  for (const descriptor of Object.values(own)) closeSync(descriptor as number);
}
