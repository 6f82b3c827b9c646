import { expect, it } from 'vitest';
import { PendingQueue } from '../../../src/manager/scheduler/pending-queue.ts';
import { Task } from '../../../src/manager/scheduler/task.ts';

function someTasks(count: number): Task[] {
  const options = { inputBytes: 1, firstAttempt: 1001 };
  return Array.from(
    { length: count },
    (_, index) => new Task({ jobId: 1, stage: 'map', index }, options),
  );
}

it('hands out what an earlier Manager tried before what nobody has, and lets it be passed over', () => {
  const tasks = someTasks(5);
  for (const index of [1, 3]) tasks[index]?.noteAttempt(1);
  const queue = new PendingQueue([]);
  queue.fill(tasks, 0);
  expect([...queue.ready()].map((task) => task.index)).toEqual([1, 3, 0, 2, 4]);
  // The first one has failed on the only Worker with room: the next one goes there.
  for (const index of [3, 0, 1]) {
    const task = tasks[index];
    if (task) queue.remove(task);
  }
  expect([...queue.ready()].map((task) => task.index)).toEqual([2, 4]);
});
