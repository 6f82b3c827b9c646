import { expect, test } from 'vitest';
import { watchFreeSpace } from '../../../src/runtime/files/free-space.ts';
import { VirtualClock } from '../virtual-clock.ts';

test('crossing the limit of free space is told once, either way', async () => {
  const clock = new VirtualClock();
  const told: string[] = [];
  const sizes = [500, 50, 40, undefined, 200, 300];
  let looked = 0;
  const stop = watchFreeSpace({
    directory: '/share',
    limitBytes: 100,
    pollMs: 1000,
    clock,
    onChange: (hasRoom, detail) => told.push(`${String(hasRoom)} ${detail}`),
    freeBytes: () => {
      const free = sizes[looked];
      looked += 1;
      return free === undefined ? Promise.reject(new Error('hangs')) : Promise.resolve(free);
    },
  });
  for (let poll = 0; poll < sizes.length; poll += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1000);
  }
  stop();
  expect(told).toEqual(['false "/share" has 50 bytes free', 'true "/share" has 200 bytes free']);
  expect(clock.timers).toBe(0);
});
