import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';

const REPOSITORY = new URL('../', import.meta.url).pathname;
const README = join(REPOSITORY, 'README.md');

/** `mapreduce` has commands of its own; `submit` is `mapreduce-submit` under another name. */
const COMMANDS = [
  'mapreduce-manager',
  'mapreduce-worker',
  'mapreduce-submit',
  'mapreduce',
] as const;

describe('option tables of README.md', () => {
  const flagsOfReadme = new Map<string, Set<string>>();
  const ready = existsSync(README);

  beforeAll(() => {
    if (ready) readOptionTables(readFileSync(README, 'utf8'), flagsOfReadme);
  });

  it.for(COMMANDS)('name every option of %s and no other', async (command, context) => {
    if (!ready) context.skip('README.md is not written yet');
    const documented = [...(flagsOfReadme.get(command) ?? [])].toSorted();
    expect(documented).toEqual([...(await flagsOfHelp(command))].toSorted());
  });
});

/**
 * Collects the long flags in table rows under the nearest heading above that names a command, as in
 * "### `mapreduce-worker`". Only the first cell counts: the second explains, and may name others.
 */
function readOptionTables(readme: string, into: Map<string, Set<string>>): void {
  let command: string | undefined;
  for (const line of readme.split('\n')) {
    const heading = /^#+ .*?\b(mapreduce(?:-(?:manager|worker|submit))?)\b/.exec(line);
    if (line.startsWith('#')) command = heading?.[1];
    const firstCell = /^\|([^|]*)\|/.exec(line)?.[1];
    if (command === undefined || firstCell === undefined) continue;
    const flags = into.get(command) ?? new Set();
    for (const flag of longFlags(firstCell)) flags.add(flag);
    into.set(command, flags);
  }
}

async function flagsOfHelp(command: string): Promise<Set<string>> {
  const help = await helpText(command);
  const flags = new Set(optionLines(help).flatMap((line) => longFlags(line)));
  for (const name of commandsIn(help)) {
    for (const line of optionLines(await helpText(command, name))) {
      for (const flag of longFlags(line)) flags.add(flag);
    }
  }
  return flags;
}

async function helpText(command: string, ...words: readonly string[]): Promise<string> {
  const binary = join(REPOSITORY, 'bin', command);
  const { stdout } = await execa(process.execPath, [binary, ...words, '--help']);
  return stdout;
}

/** The commands that a help text lists, without those whose options stand elsewhere. */
function commandsIn(help: string): readonly string[] {
  const list = /^Commands:\n((?: .*\n)*)/m.exec(`${help}\n`)?.[1] ?? '';
  const names = [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name ?? '');
  return names.filter((name) => name !== 'help' && name !== 'submit');
}

/** The lines of a help text that introduce an option, cut before the description. */
function optionLines(help: string): readonly string[] {
  return [...help.matchAll(/^ {2}(-.*?)(?: {2}|$)/gm)].map(([, terms]) => terms ?? '');
}

function longFlags(text: string): readonly string[] {
  const flags = [...text.matchAll(/--[a-z][a-z0-9-]*/g)].map(([flag]) => flag);
  return flags.filter((flag) => flag !== '--help' && flag !== '--version');
}
