import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLog } from '../../src/runtime/log.ts';
import { parseLogLevel } from '../../src/runtime/log-level.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'muster-log-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function linesOf(file: string): unknown[] {
  const text = readFileSync(file, 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line): unknown => JSON.parse(line));
}

test('nothing that was logged before close is lost', async () => {
  const file = join(directory, 'logs', 'manager.jsonl');
  const log = await openLog({ file, component: 'manager', stderr: false });
  for (let index = 0; index < 20_000; index += 1) log.info(`line ${String(index)}`);
  await log.close();
  const lines = linesOf(file) as { message: string }[];
  expect(lines).toHaveLength(20_000);
  expect(lines.at(-1)?.message).toBe('line 19999');
});

test('the file gets JSON lines with fields, stderr a short form without', async () => {
  const file = join(directory, 'manager.jsonl');
  const stderr = new PassThrough();
  const log = await openLog({ file, component: 'manager', stderr });
  log.info('Job accepted', { job: 'job-0007', message: 'mine', level: 'x' });
  log.warn('Disk is nearly full', {});
  await log.close();
  expect(linesOf(file)).toMatchObject([
    { component: 'manager', message: 'mine', job: 'job-0007' },
    { level: 'warn', message: 'Disk is nearly full' },
  ]);
  expect(String(stderr.read())).toMatch(
    /^\d\d:\d\d:\d\d Job accepted\n\d\d:\d\d:\d\d warning: Disk is nearly full\n$/,
  );
});

test('a level below the chosen one is neither enabled nor written', async () => {
  const file = join(directory, 'w.jsonl');
  const log = await openLog({ file, component: 'worker', level: 'warn', stderr: false });
  expect(log.isLevelEnabled('info')).toBe(false);
  expect(log.isLevelEnabled('error')).toBe(true);
  log.info('not this');
  log.error('this');
  await log.close();
  expect(linesOf(file)).toMatchObject([{ level: 'error', message: 'this' }]);
});

test('lines that follow soon after others come without a close, in their order', async () => {
  const stderr = new PassThrough();
  const log = await openLog({ component: 'manager', stderr });
  let text = '';
  for (const line of ['first', 'second', 'third']) {
    log.info(line, {});
    const [more] = (await once(stderr, 'data')) as [Buffer];
    text += String(more);
  }
  await log.close();
  expect(text.match(/[a-z]+/g)).toEqual(['first', 'second', 'third']);
});

test('a second opening appends', async () => {
  const file = join(directory, 'w.jsonl');
  for (const message of ['first', 'second']) {
    const log = await openLog({ file, component: 'worker', stderr: false });
    log.info(message);
    await log.close();
  }
  expect(linesOf(file)).toMatchObject([{ message: 'first' }, { message: 'second' }]);
});

test('a log file that cannot be written is refused in one line', async () => {
  await expect(openLog({ file: directory, component: 'worker', stderr: false })).rejects.toThrow(
    `Cannot write the log file "${directory}": illegal operation on a directory`,
  );
});

test.each([
  ['debug', 'debug'],
  ['WARN', 'warn'],
  ['Warning', 'warn'],
  ['Error', 'error'],
] as const)('level %s is %s', (text, level) => {
  expect(parseLogLevel(text)).toBe(level);
});

test('an unknown level is refused', () => {
  expect(() => parseLogLevel('loud')).toThrow(
    'Cannot use log level "loud": it must be debug, info, warn, warning or error',
  );
});
