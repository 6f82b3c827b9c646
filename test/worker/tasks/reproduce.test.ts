import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { rulesOf } from '../../../src/protocol/job-spec.ts';
import { reproduceLine } from '../../../src/worker/tasks/reproduce.ts';
import type { TaskOrderMessage } from '../../../src/worker/tasks/task-result.ts';

interface Commands {
  readonly mapper?: string;
  readonly combiner?: string;
  readonly reducer?: string;
  readonly shell?: boolean;
  readonly separator?: string;
  readonly key_fields?: number;
}

function order(stage: 'map' | 'reduce', commands: Commands): TaskOrderMessage {
  const { mapper = 'cat', combiner = null, reducer = 'cat', ...spec } = commands;
  const rules = rulesOf({
    input_directory: '/in',
    output_directory: null,
    mapper_executable: mapper,
    ...spec,
  });
  return { stage, mapper, combiner, reducer, rules } as TaskOrderMessage;
}

describe('the command to type', () => {
  it.each([
    ['./map.py --top 3', {}, './map.py --top 3'],
    [`./map.py "a b" \\* ~`, {}, `./map.py 'a b' '*' '~'`],
    ['./a | ./b $HOME', { shell: true }, `bash -o pipefail -c './a | ./b $HOME'`],
    ['identity', {}, null],
    ['identity', { shell: true }, null],
    ['./identity', {}, './identity'],
  ])('of %s is a line for a shell, or nothing for a built-in', (command, more, line) => {
    expect(reproduceLine(order('map', { mapper: command, ...more }), 'mapper')).toBe(line);
    expect(reproduceLine(order('reduce', { reducer: command, ...more }), 'reducer')).toBe(line);
  });

  it('of a combiner begins with what the mapper writes, sorted by key', () => {
    const of = (more: Commands) =>
      reproduceLine(order('map', { combiner: './c', ...more }), 'combiner');
    const tab = `LC_ALL=C sort -t "$(printf '\\t')" -s -k1,1`;
    expect(of({ mapper: './m' })).toBe(`./m | ${tab} | ./c`);
    expect(of({ mapper: 'identity' })).toBe(`${tab} | ./c`);
    expect(of({ separator: ';', key_fields: 2 })).toBe(`cat | LC_ALL=C sort -t ';' -s -k1,2 | ./c`);
    expect(of({ separator: '::' })).toBe('cat | LC_ALL=C sort | ./c');
    expect(of({ key_fields: 0 })).toBe('cat | LC_ALL=C sort | ./c');
    expect(of({ combiner: 'sum' })).toBeNull();
  });

  it('runs in any shell', () => {
    const line = reproduceLine(order('map', { combiner: 'cat -A' }), 'combiner') ?? '';
    const input = 'b\t2\na\tz\nb\t1\na\ty\n';
    expect(execFileSync('sh', ['-c', line], { input, encoding: 'utf8' })).toBe(
      'a^Iz$\na^Iy$\nb^I2$\nb^I1$\n',
    );
  });
});
