import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run, scratch } from '../e2e/cluster.ts';
import { parts, shell, sortedLines } from '../e2e/shell.ts';
import { needsFullRun, needsPrograms } from '../needs.ts';

/**
 * Every built-in alone and after itself as combiner, with a buffer that spills and one that does
 * not, one reducer and seven, against what Python makes of the same lines.
 */

const ORACLE = String.raw`
import re, sys
from decimal import Decimal
number = re.compile(rb'[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)')
def extreme(values, pick):
    if any(value is None or not number.fullmatch(value) for value in values):
        return pick(values, key=lambda value: (value is not None, value or b''))
    best = pick(Decimal(value.decode()) for value in values)
    return min(value for value in values if Decimal(value.decode()) == best)
fold = {
    'sum': lambda values: [str(sum(int(value) for value in values)).encode()],
    'count': lambda values: [str(len(values)).encode()],
    'min': lambda values: [extreme(values, min)],
    'max': lambda values: [extreme(values, max)],
    'first': lambda values: values[:1],
    'distinct': lambda values: sorted(set(values), key=lambda value: (value is not None, value or b'')),
}[sys.argv[1]]
groups = {}
for line in sys.stdin.buffer:
    key, tab, value = line.rstrip(b'\n').partition(b'\t')
    groups.setdefault(key, []).append(value if tab else None)
for key in sorted(groups):
    for value in fold(groups[key]):
        sys.stdout.buffer.write(key + (b'' if value is None else b'\t' + value) + b'\n')
`;

const LINES = 300_000;
const SHAPES = ['1M', '1G'].flatMap((buffer) => [1, 7].map((reducers) => ({ buffer, reducers })));

/** Pseudo-random lines, always the same: integers only, or one of four without being a number. */
function lines(integersOnly: boolean): string {
  let state = 4711;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const value = (key: number): string => {
    const integer = `${['', '-', '+', '00'][next(4)] ?? ''}${String(next(1000))}`;
    if (integersOnly) return `\t${integer}`;
    // Every other key has numbers only; words and lines without a value are rare in the others.
    const kind = key % 2 === 0 ? 9 : next(100);
    if (kind === 0) return '';
    if (kind === 1) return `\tx${String(next(50))}`;
    return `\t${integer}${['', '.', '.50', '.5'][next(4)] ?? ''}`;
  };
  const some = Array.from({ length: LINES }, () => {
    const key = next(2000);
    return `key-${String(key)}${value(key)}\n`;
  });
  return some.join('');
}

describe.for(['sum', 'count', 'min', 'max', 'first', 'distinct'])('the built-in %s', (name) => {
  it('equals Python in every shape', { timeout: 600_000 }, async (context) => {
    needsFullRun(context);
    needsPrograms(context, 'python3');
    const directory = await scratch();
    const input = join(directory, 'input.txt');
    const oracle = join(directory, 'oracle.py');
    await writeFile(input, lines(name === 'sum'));
    await writeFile(oracle, ORACLE);
    const expected = shell(`python3 '${oracle}' ${name} < '${input}'`);
    for (const { buffer, reducers } of SHAPES) {
      for (const combiner of [[], ['--combiner', name]]) {
        const output = join(directory, `out-${buffer}-${String(reducers)}-${combiner.join('')}`);
        const job = ['-i', input, '-o', output, '-m', 'identity', '-r', name, ...combiner];
        const shape = ['--sort-buffer', buffer, '--num-reducers', String(reducers)];
        const local = ['--local', '--slots', '2', '--num-mappers', '2', '--json'];
        const outcome = await run('mapreduce-submit', [...job, ...shape, ...local]);
        expect(outcome.code, outcome.stderr).toBe(0);
        const { spills } = (JSON.parse(outcome.stdout) as Report).maps;
        // A combiner may need no room for values.
        if (buffer !== '1M') expect(spills.max).toBe(0);
        else if (combiner.length === 0) expect(spills.min).toBeGreaterThanOrEqual(1);
        if (reducers === 1) expect(parts(output) === expected).toBe(true);
        expect(sortedLines(parts(output))).toEqual(sortedLines(expected));
      }
    }
  });
});

interface Report {
  readonly maps: { readonly spills: { readonly min: number; readonly max: number } };
}
