import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellWords } from '../../../src/runtime/programs/shell-words.ts';

describe('the words of a line for a shell that may name files', () => {
  it.each([
    ['./map.py | sort -u', ['./map.py', 'sort', '-u']],
    ['grep -vwFf<stop.txt', ['grep', '-vwFf', 'stop.txt']],
    ['cat "my words.txt"', ['my words.txt']],
    ["cat 'my words.txt'", ['my words.txt']],
    ['cat my\\ words.txt', ['my words.txt']],
    ['cat my" "wor\'ds\'.txt', ['my words.txt']],
    ['grep -f $(cat list)', ['list']],
    ['grep -f "$(cat list)"', ['list']],
    ['grep -f `cat list`', ['list']],
    ["sh -c 'python3 map.py --top 3'", ['map.py']],
    ['awk -f prog.awk>/dev/stdout 2>>log;./next.sh&', ['prog.awk', './next.sh', 'log']],
    ['join - <(sort side.txt)', ['side.txt']],
    ['STOP=stop.txt ./map.py --words=words.txt', ['stop.txt', './map.py', 'words.txt']],
    ['{ ./a.sh; ./b.sh; } # see c.txt', ['./a.sh', './b.sh', 'c.txt']],
    ['cat <<END\nnote.txt\nEND', ['note.txt']],
    [`awk '{ print "quoted.txt" }'`, ['quoted.txt']],
    ['cat "not closed.txt', ['not closed.txt']],
    ['cat last.txt\\', ['last.txt']],
  ])('of %s hold the files', (line, files) => {
    expect(shellWords(line)).toEqual(expect.arrayContaining(files));
  });

  it('are each there once and never empty, whatever the line is', () => {
    const character = fc.constantFrom(
      ...[' \t\n', '\'"\\', 'ab', '|&;<>', '(){}', '$`=#!'].join('').split(''),
    );
    fc.assert(
      fc.property(fc.string({ unit: character }), (line) => {
        const words = shellWords(line);
        expect(new Set(words).size).toBe(words.length);
        expect(words).not.toContain('');
      }),
    );
  });
});
