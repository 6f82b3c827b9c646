import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellArguments } from '../../../src/runtime/programs/shell-program.ts';
import { freshDirectory } from './fresh-directory.ts';

interface Ending {
  readonly code: number | null;
  readonly stdout: string;
}

function run(args: readonly string[]): Ending & { readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync('bash', args, {
    cwd: freshDirectory(),
    // Longer than any pipe: who stops reading early breaks it for the stage before.
    input: 'y\n'.repeat(200_000),
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

/** Ends by SIGPIPE itself. */
const DIES = `bash -c 'kill -PIPE $$'`;

describe('a line for bash whose early stages are cut off', () => {
  it.each([
    ['yes | head -1', 'y\n'],
    ['cat | head -1', 'y\n'],
    ['yes | head -1 | cat', 'y\n'],
    ['yes | head -1 # a comment at the end', 'y\n'],
    ['yes | head -1; yes | head -1', 'y\ny\n'],
    ['yes | head -1\n\n', 'y\n'],
    ['yes | head -1; exit', 'y\n'],
    ['(yes | head -1)', 'y\n'],
    ['{ { yes | head -1; }; }', 'y\n'],
    ['f() { yes | head -1; }; f', 'y\n'],
    ['f() { yes | head -1; }; g() { f; }; g', 'y\n'],
    ['eval "yes | head -1"', 'y\n'],
    ['if true; then yes | head -1; fi', 'y\n'],
    ['for i in 1 2; do yes | head -1; done', 'y\ny\n'],
    ['x=$(yes | head -1)', ''],
    ['(cat | head -1; echo x) | cat', 'y\nx\n'],
    ['trap "echo bye" EXIT; yes | head -1', 'y\nbye\n'],
    ['set -o posix; yes | head -1', 'y\n'],
    ['shopt -s lastpipe; yes | head -1 | while read -r x; do echo "$x!"; done', 'y!\n'],
    ['set -e; yes | head -1; echo on', 'y\non\n'],
    ['set -e; f() { yes | head -1; echo in; }; f; echo on', 'y\nin\non\n'],
    ['set -e; ( yes | head -1; echo in ); echo on', 'y\nin\non\n'],
    ['set -e; ( yes | head -1 ); echo on', 'y\non\n'],
    ['set -e; { yes | head -1; echo in; } | cat', 'y\nin\n'],
    ['set -e; x=$(yes | head -1); echo "$x"', 'y\n'],
    ['set -euo pipefail; eval "yes | head -1"; echo on', 'y\non\n'],
    ['cat <<END | head -1\na\nb\nEND\nyes | head -1', 'a\ny\n'],
  ])('succeeds: %s', (line, stdout) => {
    expect(run(shellArguments(line))).toEqual({ code: 0, stdout, stderr: '' });
  });

  it.each([
    ['false | yes | head -1', 1],
    ['yes | (exit 4) | cat', 4],
    ['yes | head -1 | (cat; exit 4)', 4],
    ['(exit 5) | (exit 4) | yes | head -1', 4],
    ['yes | head -1; exit 3', 3],
    ['yes | head -1; false', 1],
    [`yes | ${DIES}`, 141],
    [`cat | cat | ${DIES}`, 141],
    [DIES, 141],
    ['kill -PIPE $$', null],
    [`yes | head -1; ${DIES}`, 141],
    [`f() { yes | head -1; ${DIES}; }; f`, 141],
    [`trap 'rm -f x' EXIT; f() { yes | head -1;  ${DIES}; }; f`, 141],
    [`false | yes | head -1; ${DIES}`, 141],
    ['set -e; yes | head -1; false; echo no', 1],
    ['set -e; f() { yes | head -1; false; echo no; }; f', 1],
    ['set -e; false | yes | head -1; echo no', 1],
    ['set -e; (yes | head -1; exit 5); echo no', 5],
  ])('fails: %s', (line, code) => {
    const ending = run(shellArguments(line));
    expect(ending).toMatchObject({ code, stdout: expect.not.stringContaining('no') as unknown });
  });
});

describe('any other line ends as with bash -o pipefail -c:', () => {
  it.each([
    'exit 3',
    'true',
    'false',
    'false | cat',
    'grep -c zzz | cat',
    'no-such-program',
    '/dev/null',
    'exec false',
    'exec head -2',
    'head -1; exec head -1',
    'if',
    'echo a\nfi\necho b',
    'echo "not closed',
    'cat <<END\nhere $((1 + 1))',
    `cat <<'END'\nhere $x\nEND\necho "a  b" 'c"d' e\\ f # g`,
    'echo "$0 $# $*"',
    'set -u; echo $nothing; echo no',
    'set -e; false; echo no',
    'set -e; false || echo on; if false; then echo no; fi; ! true; echo on',
    'f() { return 7; }; f',
    'f() { false; echo in; }; set -e; f || echo or',
    'while read -r x; do [ "$x" = q ]; [ -z "$x" ]; done < <(head -50); echo on',
    'trap "echo bye; exit 6" EXIT; true',
    'trap "echo err" ERR; false; echo on',
    'set +o pipefail; false | true',
    'kill -KILL $$',
    'sleep 0 & wait $!; echo $?',
    'set -- a b; shift; echo "$1"',
    'printf "%s\\n" *',
    'true \\',
  ])('%s', (line) => {
    const plain = run(['-o', 'pipefail', '-c', line, 'bash']);
    const ours = run(shellArguments(line));
    const { code, stdout } = plain;
    expect(ours).toMatchObject({ code, stdout });
    expect(ours.stderr === '').toBe(plain.stderr === '');
  });

  it('may begin with a dash', () => {
    expect(run(shellArguments('-n() { echo on; }; -n'))).toMatchObject({ stdout: 'on\n' });
  });

  it('with the words of bash for what it cannot read', () => {
    const { code, stderr } = run(shellArguments('echo a | | b'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/syntax error near unexpected token `\|'/);
  });
});

describe('a pipeline', () => {
  /** Stages that may be cut off, each with the code it ends with otherwise. */
  const early = fc.constantFrom(['seq 100000', 0], ['cat', 0], ['head -1', 0], ['(exit 3)', 3]);
  const last = fc.constantFrom(['cat >&2', 0], ['head -1', 0], ['(exit 4)', 4], [DIES, 141]);
  const around = fc.constantFrom(
    '%',
    '( % )',
    '{ %; }',
    'f() { %; }; f',
    "eval '%'",
    'set -e; %',
    'set -e; f() { %; echo in >&2; }; f',
    'false; %',
    'seq 100000 | head -1 >&2; %',
  );

  it('ends with the code of its last stage that really failed, wherever it stands', () => {
    fc.assert(
      fc.property(fc.array(early, { maxLength: 3 }), last, around, (before, end, place) => {
        const stages = [...before, end];
        const pipeline = stages.map(([text]) => text).join(' | ');
        const quoted = place.includes("'") ? pipeline.replaceAll("'", `'\\''`) : pipeline;
        const code = stages.findLast(([, each]) => each !== 0)?.[1] ?? 0;
        const { code: seen } = run(shellArguments(place.replace('%', () => quoted)));
        expect(seen).toBe(code);
      }),
      { numRuns: 40 },
    );
  });
});
