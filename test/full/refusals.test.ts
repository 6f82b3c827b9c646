import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, beforeEach, describe, expect, it } from 'vitest';
import { needsFullRun, needsPrograms } from '../needs.ts';
import { BIN, Cluster, Program, run, scratch } from '../e2e/cluster.ts';

/** What preflight must refuse: with its exit code, nothing created, nothing deleted. */

interface Place {
  readonly directory: string;
  readonly before: readonly string[];
}

async function place(): Promise<Place> {
  const directory = await scratch();
  const file = (name: string, text: string, mode = 0o644) =>
    writeFile(join(directory, name), text, { mode });
  await file('input.txt', 'a\n');
  await file('not-executable.sh', '#!/bin/sh\ncat\n');
  await file('crlf.sh', '#!/bin/sh\r\ncat\r\n', 0o755);
  await file('no-interpreter.sh', '#!/no/such/interpreter\n', 0o755);
  await mkdir(join(directory, 'full'));
  await file('full/precious.txt', 'do not delete\n');
  await mkdir(join(directory, '.hidden'));
  await file('.hidden/a.txt', 'a\n');
  await mkdir(join(directory, 'old-output'));
  await file('old-output/part-00000', 'old\n');
  await file('old-output/mine.txt', 'mine\n');
  return { directory, before: (await readdir(directory, { recursive: true })).toSorted() };
}

const REFUSED: Readonly<Record<string, { args: readonly string[]; says: RegExp }>> = {
  'an input that is not there': {
    args: ['-i', 'nowhere/', '-o', 'out', '-m', 'cat', '-r', 'cat'],
    says: /Cannot read input ".*nowhere\/?": no such file or directory/,
  },
  'a pattern without a match': {
    args: ['-i', '*.nothing', '-o', 'out', '-m', 'cat', '-r', 'cat'],
    says: /\*\.nothing/,
  },
  'a hidden input root': {
    args: ['-i', '.hidden', '-o', 'out', '-m', 'cat', '-r', 'cat'],
    says: /\.hidden/,
  },
  'a mapper that is not there': {
    args: ['-i', 'input.txt', '-o', 'out', '-m', './missing.sh', '-r', 'cat'],
    says: /missing\.sh/,
  },
  'a mapper that is not executable': {
    args: ['-i', 'input.txt', '-o', 'out', '-m', './not-executable.sh', '-r', 'cat'],
    says: /chmod \+x/,
  },
  'a shebang with a carriage return': {
    args: ['-i', 'input.txt', '-o', 'out', '-m', './crlf.sh', '-r', 'cat'],
    says: /\\r/,
  },
  'a shebang without its interpreter': {
    args: ['-i', 'input.txt', '-o', 'out', '-m', 'cat', '-r', './no-interpreter.sh'],
    says: /\/no\/such\/interpreter/,
  },
  'an unquoted pipe': {
    args: ['-i', 'input.txt', '-o', 'out', '-m', 'cat | cat', '-r', 'cat'],
    says: /\|/,
  },
  'an output directory that is not empty': {
    args: ['-i', 'input.txt', '-o', 'full', '-m', 'cat', '-r', 'cat'],
    says: /full/,
  },
  'overwriting a directory with a foreign file': {
    args: ['-i', 'input.txt', '-o', 'old-output', '--overwrite', '-m', 'cat', '-r', 'cat'],
    says: /mine\.txt/,
  },
  'an output that is a file': {
    args: ['-i', 'input.txt', '-o', 'input.txt', '-m', 'cat', '-r', 'cat'],
    says: /input\.txt/,
  },
  'an output inside a missing directory': {
    args: ['-i', 'input.txt', '-o', 'no/such/place', '-m', 'cat', '-r', 'cat'],
    says: /no\/such/,
  },
  'a job without reducer': { args: ['-i', 'input.txt', '-o', 'out', '-m', 'cat'], says: /reducer/ },
  'an unknown flag': {
    args: ['-i', 'input.txt', '-o', 'out', '-m', 'cat', '-r', 'cat', '--num-reducer', '2'],
    says: /--num-reducers/,
  },
  'a size that is none': {
    args: ['-i', 'input.txt', '-o', 'out', '-m', 'cat', '-r', 'cat', '--split-size', 'big'],
    says: /"big"/,
  },
  'two things on stdout': {
    args: ['-i', 'input.txt', '-m', 'cat', '-r', 'cat', '--json'],
    says: /--json/,
  },
};

beforeEach(needsFullRun);

describe('refused with exit code 2, nothing created, nothing deleted:', () => {
  for (const [name, { args, says }] of Object.entries(REFUSED)) {
    it(name, async () => {
      const { directory, before } = await place();
      const outcome = await run('mapreduce-submit', ['--local', ...args], { cwd: directory });
      expect(outcome.stderr).toMatch(says);
      expect(outcome).toMatchObject({ code: 2, stdout: '' });
      expect(outcome.stderr).not.toMatch(/^\s+at /m);
      expect((await readdir(directory, { recursive: true })).toSorted()).toEqual(before);
    });
  }
});

describe('two jobs to one output', () => {
  it('the second is refused by name', async () => {
    const cluster = await Cluster.start({ workers: [['--slots', '1']] });
    const { directory } = await place();
    const job = ['-i', 'input.txt', '-m', 'sleep 600', '-r', 'cat'];
    const first = cluster.submitting([...job, '-o', 'out'], { cwd: directory });
    await cluster.manager.said(/started \S*map/);
    for (const output of ['out', 'out/inside', '.']) {
      const second = await cluster.submit([...job, '-o', output, '--overwrite'], {
        cwd: directory,
      });
      expect(second.code, second.stderr).toBe(2);
    }
    const second = await cluster.submit([...job, '-o', 'out'], { cwd: directory });
    expect(second.stderr).toMatch(/job-0001/);
    first.signal('SIGINT');
    expect(await first.exited).toBe(130);
  });
});

describe('a Manager that is not there', () => {
  it('is exit code 3, with the command that starts one', async () => {
    const { directory } = await place();
    const job = ['-i', 'input.txt', '-o', 'out', '-m', 'cat', '-r', 'cat', '--manager-port', '1'];
    const outcome = await run('mapreduce-submit', job, { cwd: directory });
    expect(outcome).toMatchObject({ code: 3, stdout: '' });
    expect(outcome.stderr).toMatch(/mapreduce-manager/);
  });
});

describe('a listener for everybody', () => {
  for (const command of ['mapreduce-manager', 'mapreduce-worker']) {
    it(`${command} --host 0.0.0.0 is refused without a secret`, async () => {
      const outcome = await run(command, ['--host', '0.0.0.0', '--port', '0']);
      expect(outcome.code).toBe(2);
      expect(outcome.stderr).toMatch(/--insecure-no-secret/);
    });
  }
});

describe('an unreadable input', () => {
  it('is refused by name', async (context) => {
    const { directory } = await place();
    await chmod(join(directory, 'input.txt'), 0);
    const job = ['--local', '-i', 'input.txt', '-o', 'out', '-m', 'cat', '-r', 'cat'];
    const line = [join(BIN, 'mapreduce-submit'), ...job];
    const program = new Program('env', [...likeOthers(context), ...line], { cwd: directory });
    expect(await program.exited).toBe(2);
    expect(program.stderr).toMatch(/input\.txt.*permission denied/);
  });
});

/** Root reads everything, unless it has put down its capabilities. */
function likeOthers(context: TestContext): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  needsPrograms(context, 'setpriv');
  return ['setpriv', '--bounding-set=-all', '--inh-caps=-all'];
}
