import { describe, expect, it } from 'vitest';
import { checkShellLine } from '../../../src/runtime/programs/shell-line.ts';
import { freshDirectory } from './fresh-directory.ts';

const PATH = process.env['PATH'] ?? '';

describe('bash, asked about a line before any of it runs,', () => {
  it.each([
    'yes | head -3',
    `awk '{ print $1 "\\t1" }' # words`,
    'shopt -s extglob\nls !(a|b)',
    'cat <<END\nnot closed',
    'touch /tmp/must-not-run-$$ && exit 3',
    '-n is no option here',
  ])('has nothing against %s', async (line) => {
    expect(await checkShellLine(line, PATH)).toEqual({ type: 'fine' });
  });

  it.each([
    ['cat | | sort', "line 1: syntax error near unexpected token `|'"],
    ['cat (', /^line 1: syntax error/],
    ['true\nfi', "line 2: syntax error near unexpected token `fi'"],
    ['echo "x', 'line 1: unexpected EOF while looking for matching `"\''],
  ])('refuses %s', async (line, reason) => {
    const check = await checkShellLine(line, PATH);
    expect(check).toEqual({ type: 'wrong', reason: expect.stringMatching(reason) as unknown });
  });

  it('may not be there', async () => {
    expect(await checkShellLine('cat', freshDirectory())).toEqual({ type: 'no_bash' });
  });
});
