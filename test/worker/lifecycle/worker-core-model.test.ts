import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Act, acts } from './worker-acts.ts';
import { newCore, WorkerWorld } from './worker-world.ts';

test('whatever happens, slots hold one attempt each and every order gets exactly one answer', () => {
  fc.assert(
    fc.property(acts(150), (story) => {
      play(story).heal();
    }),
    { numRuns: 400 },
  );
});

test('the same events give the same commands', () => {
  fc.assert(
    fc.property(acts(100), (story) => {
      const world = play([...story, { act: 'signal' }, ...story, { act: 'signal' }]);
      const again = newCore();
      const commands = world.trace.flatMap(({ event, nowMs }) => again.step(event, nowMs));
      expect(commands).toEqual(world.commands);
    }),
    { numRuns: 100 },
  );
});

test('a Worker that is told twice to stop ends within 2 s', () => {
  fc.assert(
    fc.property(acts(100), (story) => {
      const world = play([...story, { act: 'signal' }, { act: 'signal' }]);
      world.do({ act: 'pass', ms: 2000 });
      expect(world.commands.at(-1)).toEqual({ type: 'exit', code: 0 });
      expect(world.core.nextDeadlineMs()).toBeUndefined();
    }),
    { numRuns: 200 },
  );
});

function play(story: readonly Act[]): WorkerWorld {
  const world = new WorkerWorld();
  for (const act of story) world.do(act);
  return world;
}
