import { describe, expect, it } from 'vitest';
import type { NewMapTask } from '../../../src/protocol/manager-orders.ts';
import { needsPrograms } from '../../needs.ts';
import { TaskBench } from './task-bench.ts';

function failing(mapper: string, changes: Partial<NewMapTask> = {}) {
  const bench = new TaskBench();
  const pieces = [bench.input('a', 'x\n'), bench.input('b', 'bad\n')];
  return bench.fail({ ...bench.mapOrder({ mapper, pieces, reduces: 1 }), ...changes });
}

describe('the cause of a failed attempt', () => {
  it('says what the program died of, and what to do', async (context) => {
    needsPrograms(context, 'python3');
    const { cause } = await failing(`python3 -c 'import no_such_module'`);
    expect(cause).toEqual({
      text: 'exit code 1: Python module "no_such_module" is not installed on this Worker',
      exit_code: 1,
      signal: null,
      mend: 'install it there, or ship it with --file',
    });
  });

  it('names the option of the role whose grep found nothing', async () => {
    const { cause } = await failing('grep z');
    expect(cause.text).toBe('exit code 1: grep says so when no line matches');
    expect(cause.mend).toContain('give --accept-exit 1');
    const combined = await failing('cat', { combiner: 'grep z' });
    expect(combined.cause.mend).toContain('give --combiner-accept-exit 1');
  });

  it('is not found in what an earlier program of the attempt said', async () => {
    const script = `if grep -q bad; then exit 3; else echo "KeyError: 1" >&2; fi`;
    const { cause, stderr_tail: tail } = await failing(`sh -c '${script}'`);
    expect(tail).toEqual(['KeyError: 1']);
    expect(cause).toEqual({ text: 'exit code 3', exit_code: 3, signal: null });
  });

  it('is found above a long trace', async () => {
    const script =
      'echo JavaScript heap out of memory; for i in $(seq 30); do echo $i: 0xb1a [node]; done; exit 134';
    const { cause } = await failing(`sh -c '{ ${script}; } >&2'`);
    expect(cause.text).toBe('exit code 134: Node.js has reached the limit of its heap');
  });
});
