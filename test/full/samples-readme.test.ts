import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { needsFullRun, needsPrograms } from '../needs.ts';
import { REPOSITORY } from '../samples/run-shell.ts';

/**
 * The commands of samples/README.md print what it says, and what they cut out of with `grep` or
 * `head` is the whole right answer.
 */

interface Example {
  readonly command: string;
  /** What README.md shows. */
  readonly output: string;
}

/** Several jobs each, and each takes seconds where many tests run. */
const LIMIT_MS = 120_000;
/** Folders beside the samples: what they read, and parts of the demo. */
const NO_SAMPLES = ['texts', 'demo'];
const README = readFileSync(join(REPOSITORY, 'samples/README.md'), 'utf8');
const SECTIONS = README.split(/^### /m)
  .slice(1)
  .map((text) => ({ sample: /`(.*)`/.exec(text)?.[1] ?? '', examples: examplesIn(text) }));

describe('samples/README.md', () => {
  it('has a section with a command for every sample', async () => {
    const folders = await readdir(join(REPOSITORY, 'samples'), { withFileTypes: true });
    const samples = folders.filter((each) => each.isDirectory() && !NO_SAMPLES.includes(each.name));
    expect(SECTIONS.map(({ sample }) => sample).toSorted()).toEqual(
      samples.map(({ name }) => name).toSorted(),
    );
    for (const { examples } of SECTIONS) expect(examples).not.toEqual([]);
  });

  describe('shows what is printed', () => {
    let directory = '';
    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'muster-test-'));
      await cp(join(REPOSITORY, 'samples'), join(directory, 'samples'), { recursive: true });
    });
    afterAll(() => rm(directory, { recursive: true, force: true }));
    beforeEach(needsFullRun);

    it.for(SECTIONS)(
      'for $sample',
      { timeout: LIMIT_MS },
      async ({ sample, examples }, context) => {
        needsPrograms(context, 'python3', 'perl');
        const answers = await answersOf(sample);
        for (const { command, output } of examples) {
          const [job, rest] = split(command);
          const whole = await run(job, '', directory);
          if (rest !== undefined && rest !== 'cksum') expect(answers, command).toContain(whole);
          const shown = rest === undefined ? whole : await run(rest, whole, directory);
          expect(shown, command).toBe(Buffer.from(output).toString('latin1'));
        }
      },
    );
  });
});

/** Every `$ command` of the `console` blocks with the lines below it. */
function examplesIn(text: string): readonly Example[] {
  const blocks = [...text.matchAll(/^```console\n(.*?)^```$/gms)].map(([, block = '']) => block);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((example) => {
        const end = example.indexOf('\n');
        return { command: example.slice(0, end), output: example.slice(end + 1) };
      }),
  );
}

/** The command up to the first `|`, and what comes after it. */
function split(command: string): readonly [string, string?] {
  const at = command.indexOf(' | ');
  return at < 0 ? [command] : [command.slice(0, at), command.slice(at + 3)];
}

async function answersOf(sample: string): Promise<readonly string[]> {
  const directory = join(REPOSITORY, 'samples', sample, 'expected');
  const names = await readdir(directory);
  return await Promise.all(names.map((name) => readFile(join(directory, name), 'latin1')));
}

async function run(line: string, input: string, cwd: string): Promise<string> {
  const { stdout } = await execa('bash', ['-o', 'pipefail', '-c', line], {
    cwd,
    input: Buffer.from(input, 'latin1'),
    env: {
      LC_ALL: 'C',
      PATH: `${join(REPOSITORY, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
    },
    encoding: 'buffer',
    stripFinalNewline: false,
  });
  return Buffer.from(stdout).toString('latin1');
}
