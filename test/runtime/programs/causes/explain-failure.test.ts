import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  explainFailure,
  type FailureTraces,
  findCause,
  KNOWN_CAUSES,
} from '../../../../src/runtime/programs/causes/explain-failure.ts';
import {
  exitCodeCause,
  signalCause,
  timeoutCause,
} from '../../../../src/runtime/programs/exit-cause.ts';
import { LANGUAGE_DEATHS } from './language-deaths.ts';
import { endOf } from './recorded-death.ts';
import { SYSTEM_DEATHS } from './system-deaths.ts';

const DEATHS = [...LANGUAGE_DEATHS, ...SYSTEM_DEATHS];

function traces(changes: Partial<FailureTraces> = {}): FailureTraces {
  return { stderr: [], command: './map', role: 'mapper', ...changes };
}

describe('a way to die that is known', () => {
  it.each(DEATHS)('%s, %s, %j: %s', (sign, end, stderr, says) => {
    const lines = stderr === '' ? [] : stderr.split('\n');
    const command = sign.startsWith('`grep`') ? '/usr/bin/grep x' : './map';
    const left = traces({ stderr: lines, command });
    expect(findCause(endOf(end), left)?.known.sign).toBe(sign);
    const { text, mend } = explainFailure(endOf(end), left);
    expect(text).toBe(says);
    expect(mend).toMatch(/\w/);
    expect(mend).not.toMatch(/\{(?:accept)?\}/);
  });

  it('is in the table once, and each row explains some death', () => {
    const signs = KNOWN_CAUSES.map(({ sign }) => sign);
    expect(new Set(signs).size).toBe(signs.length);
    expect(signs.filter((sign) => !DEATHS.some(([of]) => of === sign))).toEqual([]);
    expect(signs.length).toBeGreaterThanOrEqual(20);
  });

  it('is in the table of README.md, as it is here', () => {
    const readme = readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8');
    const [, table = ''] = readme.split(/\| what is seen +\| cause +\| mend +\|\n\|[-| ]+\|\n/);
    const rows = table.split('\n\n', 1)[0]?.split('\n');
    const cells = rows?.map((row) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()));
    const expected = KNOWN_CAUSES.map(({ sign, cause, mend, ends }) => {
      const ending = ends?.timedOut === true ? timeoutCause(600_000) : undefined;
      const inWords = cause ?? (ending ?? signalCause(ends?.signals?.[0] ?? '')).text;
      const accept = mend.replace('{accept}', '--accept-exit');
      return ['', sign, inWords.replaceAll('{}', '…'), accept.replaceAll('|', '\\|'), ''];
    });
    expect(cells).toEqual(expected);
  });
});

describe('what explains a failure', () => {
  const stale = "ModuleNotFoundError: No module named 'simplejson'";

  it('stands behind how the program ended, whose parts stay', () => {
    expect(explainFailure(exitCodeCause(1), traces({ stderr: ["KeyError: 'user'"] }))).toEqual({
      text: "exit code 1: it looked up what is not there: 'user'",
      exit_code: 1,
      signal: null,
      mend: 'use .get() with a default, or os.environ.get() and --env for a variable',
    });
  });

  it('is nothing when nothing is known', () => {
    const end = exitCodeCause(3);
    expect(explainFailure(end, traces({ stderr: ['bad line 7', ''] }))).toBe(end);
    expect(explainFailure(exitCodeCause(1), traces())).toEqual(exitCodeCause(1));
  });

  it('is the line nearest to the end', () => {
    const stderr = [stale, 'going on without it', "KeyError: 'user'", '', 'bye'];
    expect(explainFailure(exitCodeCause(1), traces({ stderr })).text).toContain("'user'");
    const turned = stderr.toReversed();
    expect(explainFailure(exitCodeCause(1), traces({ stderr: turned })).text).toContain(
      'simplejson',
    );
  });

  it('is not a line when the program was killed from outside or hung', () => {
    const left = traces({ stderr: [stale] });
    expect(explainFailure(signalCause('SIGKILL'), left).text).toBe(
      'killed by SIGKILL: often out of memory',
    );
    expect(explainFailure(timeoutCause(90_000), left)).toMatchObject({
      text: timeoutCause(90_000).text,
      mend: expect.stringContaining('--task-timeout'),
    });
  });

  it('is a broken pipe only when nothing else is known', () => {
    const stderr = [stale, 'sort: write failed: Broken pipe'];
    expect(explainFailure(exitCodeCause(2), traces({ stderr })).text).toContain('simplejson');
    const alone = explainFailure(exitCodeCause(2), traces({ stderr: stderr.slice(1) }));
    expect(alone.text).toBe('exit code 2: the next command in its pipe has ended early');
  });

  it.each([
    ['mapper', '--accept-exit 1'],
    ['combiner', '--combiner-accept-exit 1'],
    ['reducer', '--reducer-accept-exit 1'],
  ] as const)('names the option that makes it a success for a %s', (role, option) => {
    const command = "/bin/bash -o pipefail -c 'cut -f 1 | grep x'";
    expect(explainFailure(exitCodeCause(1), traces({ command, role })).mend).toContain(option);
  });

  it.each([
    ['./grep.py', []],
    ['python3 -m ripgrep', []],
    ['/usr/bin/grep x', ['grep: x: a warning']],
  ])('takes %s with stderr %j for no empty grep', (command, stderr) => {
    expect(explainFailure(exitCodeCause(1), traces({ command, stderr })).mend).toBeUndefined();
  });

  it("quotes a program's words printable, bounded and as they are", () => {
    const text = (line: string): string =>
      explainFailure(exitCodeCause(1), traces({ stderr: [line] })).text;
    expect(text("KeyError: '\u001b[2J\u202e$&'")).toBe(
      "exit code 1: it looked up what is not there: '?[2J?$&'",
    );
    const long = text(`KeyError: '${'x'.repeat(5000)}'`);
    expect(long.length).toBeLessThan(200);
    expect(long).toMatch(/x…$/);
  });

  it('is found in long lines of anything without delay', () => {
    const stderr = [': 1: ', 'a.b/c: ', '\\r', 'File "'].map((part) => part.repeat(400 / 3));
    expect(explainFailure(exitCodeCause(1), traces({ stderr })).exit_code).toBe(1);
  });
});
