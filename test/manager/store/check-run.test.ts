import { truncateSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { checkRun } from '../../../src/manager/store/check-run.ts';
import { writeRun } from '../../shuffle/run-shuffle.ts';
import { useTemporaryDirectory } from '../temporary-directory.ts';
import { expectDamageFound } from './expect-damage-found.ts';

const directory = useTemporaryDirectory();
let path = '';

beforeEach(async () => {
  path = `${directory()}/map-00012.2.run`;
  const lines = Array.from({ length: 20_000 }, (_, index) => `key${String(index * 7919)}\tvalue\n`);
  await writeRun({ runPath: path, partitions: 3, sortBufferBytes: 1024 * 1024 }, [
    Buffer.from(lines.join('')),
  ]);
});

test('a sound run has no problem', async () => {
  expect(await checkRun(path)).toBeNull();
});

test('any damaged byte is found', async () => {
  await expectDamageFound(path);
});

test('a run that is gone or cut short is not sound', async () => {
  truncateSync(path, 100_000);
  expect(await checkRun(path)).toBe('it does not end like a run');
  truncateSync(path, 0);
  expect(await checkRun(path)).toBe('it is cut short');
  expect(await checkRun(`${path}2`)).toBe('no such file or directory');
});
