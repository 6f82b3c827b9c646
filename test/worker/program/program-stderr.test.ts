import { expect, it } from 'vitest';
import { BoundedLog } from '../../../src/worker/program/bounded-log.ts';
import { ProgramStderr } from '../../../src/worker/program/program-stderr.ts';

it('keeps the last lines of one program apart from what others said', () => {
  const log = new BoundedLog();
  new ProgramStderr(log).write(Buffer.from('of the first\n'));
  const second = new ProgramStderr(log);
  second.write(Buffer.from('of the '));
  second.write(Buffer.from('second\n'));
  expect(second.lastLines()).toEqual(['of the second']);
  expect(log.lastLines()).toEqual(['of the first', 'of the second']);
});

it('keeps more lines than a report shows, and no more than 60', () => {
  const own = new ProgramStderr(new BoundedLog());
  for (let line = 1; line <= 5000; line++) own.write(Buffer.from(`line ${String(line)}\n`));
  expect(own.lastLines()).toHaveLength(60);
  expect(own.lastLines()[0]).toBe('line 4941');
});
