import { afterEach, expect, test, vi } from 'vitest';
import type { Command } from 'commander';
import { Option } from 'commander';
import {
  countOption,
  logLevelOption,
  newCommand,
  parseCommandLine,
  portOption,
  sizeOption,
  timeOption,
} from '../../src/runtime/options.ts';

afterEach(() => vi.unstubAllEnvs());

function command(): Command {
  return newCommand({
    name: 'mapreduce-example',
    description: 'Does nothing.',
    examples: ['mapreduce-example --port 1', 'mapreduce-example --local'],
  })
    .addOption(portOption('--port <n>', 'where').default(6000).env('EXAMPLE_PORT'))
    .addOption(countOption('--slots <n>', 'how many', 1))
    .addOption(sizeOption('--sort-buffer <size>', 'memory'))
    .addOption(timeOption('--task-timeout <time>', 'patience'))
    .addOption(new Option('--shared-dir <dir>', 'where'))
    .addOption(new Option('--logfile <file>', 'where'))
    .addOption(logLevelOption());
}

async function parsed(...argv: string[]): Promise<Record<string, unknown>> {
  const program = command();
  expect(await parseCommandLine(program, argv)).toBe('parsed');
  return program.opts();
}

test('a flag beats the environment, which beats the default', async () => {
  expect(await parsed()).toMatchObject({ port: 6000, loglevel: 'info' });
  vi.stubEnv('EXAMPLE_PORT', '7000');
  expect(await parsed()).toMatchObject({ port: 7000 });
  expect(await parsed('--port', '8000')).toMatchObject({ port: 8000 });
});

test('sizes, times and levels are read', async () => {
  expect(
    await parsed('--sort-buffer', '64M', '--task-timeout=10m', '--loglevel', 'WARNING'),
  ).toMatchObject({ sortBuffer: 67_108_864, taskTimeout: 600_000, loglevel: 'warn' });
});

test('other spellings are accepted, with a word of their own or after =', async () => {
  expect(await parsed('--shared_dir', 'a', '--log-file=b')).toMatchObject({
    sharedDir: 'a',
    logfile: 'b',
  });
});

test.each([
  [['--prot', '1'], 'Unknown option "--prot". Did you mean --port?'],
  [['--zzzzzzzz'], 'Unknown option "--zzzzzzzz". See mapreduce-example --help'],
  [['--port'], 'Option "--port <n>" argument missing. See mapreduce-example --help'],
  [['--port', 'x'], 'Cannot use "x" for --port: it must be a whole number'],
  [['--port', '65536'], 'Cannot use "65536" for --port: ports end at 65535'],
  [['--slots', '0'], 'Cannot use "0" for --slots: it must be 1 or more'],
  [['--sort-buffer', '0M'], 'Cannot use "0M" for --sort-buffer: it must be 1 byte or more'],
  [['stray'], 'Too many arguments. Expected 0 arguments but got 1. See mapreduce-example --help'],
])('%j is refused in one line with exit 2', async (argv, message) => {
  await expect(parseCommandLine(command(), argv)).rejects.toMatchObject({ message, exitCode: 2 });
});

test.each(['-h', '--help'])('%s opens with two examples', async (flag) => {
  const written: string[] = [];
  const program = command();
  program.configureOutput({ writeOut: (text) => written.push(text) });
  expect(await parseCommandLine(program, [flag])).toBe('shown');
  expect(written.join('')).toMatch(
    /^Examples:\n {2}mapreduce-example --port 1\n {2}mapreduce-example --local\n\nUsage:/,
  );
});

test('--version names the command and the version', async () => {
  const written: string[] = [];
  const program = command();
  program.configureOutput({ writeOut: (text) => written.push(text) });
  expect(await parseCommandLine(program, ['--version'])).toBe('shown');
  expect(written.join('')).toMatch(/^mapreduce-example \d+\.\d+\.\d+\n$/);
});
