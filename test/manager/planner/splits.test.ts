import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Piece } from '../../../src/protocol/manager-orders.ts';
import {
  chooseReduces,
  chooseSplitBytes,
  PATH_BYTES_PER_TASK_MAX,
  PIECES_PER_TASK_MAX,
  TaskPacker,
} from '../../../src/manager/planner/splits.ts';

const MIB = 1024 * 1024;
const none = { splitBytes: undefined, mapsHint: undefined };

test.each([
  { name: 'large input', inputBytes: 10_000 * MIB, slots: 4, splitBytes: 64 * MIB },
  {
    name: 'input for two small tasks a slot',
    inputBytes: 80 * MIB,
    slots: 4,
    splitBytes: 10 * MIB,
  },
  { name: 'tiny input', inputBytes: 100, slots: 8, splitBytes: 1024 },
  { name: 'no input', inputBytes: 0, slots: 8, splitBytes: 1024 },
  { name: 'no Worker yet', inputBytes: 10 * MIB, slots: 0, splitBytes: 5 * MIB },
])('splits of $name are $splitBytes bytes', ({ inputBytes, slots, splitBytes }) => {
  expect(chooseSplitBytes(inputBytes, { ...none, slots }).splitBytes).toBe(splitBytes);
});

test('a split size is a rule, a number of maps a hint, and the rule goes first', () => {
  expect(chooseSplitBytes(1000, { splitBytes: 7, mapsHint: 3, slots: 1 }).splitBytes).toBe(7);
  expect(chooseSplitBytes(1000, { splitBytes: undefined, mapsHint: 3, slots: 1 }).splitBytes).toBe(
    334,
  );
  expect(chooseSplitBytes(0, { splitBytes: undefined, mapsHint: 3, slots: 1 }).splitBytes).toBe(1);
});

test.each([
  { inputBytes: 1, asked: undefined, slots: 8, reduces: 1 },
  { inputBytes: 63 * MIB, asked: undefined, slots: 8, reduces: 1 },
  { inputBytes: 96 * MIB, asked: undefined, slots: 8, reduces: 3 },
  { inputBytes: 9999 * MIB, asked: undefined, slots: 8, reduces: 8 },
  { inputBytes: 9999 * MIB, asked: undefined, slots: 0, reduces: 1 },
  { inputBytes: 1, asked: 7, slots: 1, reduces: 7 },
  { inputBytes: 1, asked: 0, slots: 1, reduces: 0 },
])(
  '$inputBytes bytes on $slots slots, asked for $asked, are reduced by $reduces',
  ({ inputBytes, asked, slots, reduces }) => {
    expect(chooseReduces(inputBytes, asked, slots).reduces).toBe(reduces);
  },
);

function piece(path: string, length: number): Piece {
  return { path, start: 0, length, file_bytes: length, inode: 1, mtime_ms: 1, compression: null };
}

test('packing keeps every piece in order and every bound', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 200 }), { maxLength: 300 }),
      fc.integer({ min: 1, max: 1000 }),
      (sizes, splitBytes) => {
        const packer = new TaskPacker(splitBytes);
        const pieces = sizes.map((bytes, index) => piece(`/in/${String(index)}`, bytes));
        for (const one of pieces) packer.add(one);
        const tasks = packer.finish();
        expect(tasks.flat()).toEqual(pieces);
        for (const task of tasks) {
          const bytes = task.reduce((sum, one) => sum + one.length, 0);
          expect(task.length).toBeGreaterThan(0);
          expect(task.length === 1 || bytes <= splitBytes).toBe(true);
        }
        // No two neighbours could have been one task.
        for (const [index, task] of tasks.entries()) {
          const next = tasks[index + 1]?.[0];
          if (!next) continue;
          const bytes = task.reduce((sum, one) => sum + one.length, next.length);
          expect(bytes).toBeGreaterThan(splitBytes);
        }
      },
    ),
  );
});

test('a task has a bounded number of pieces and bytes of paths', () => {
  const many = new TaskPacker(64 * MIB);
  for (let index = 0; index < 2500; index += 1) many.add(piece(`/in/${String(index)}`, 0));
  expect(many.tasks).toBe(3);
  expect(many.finish().map((task) => task.length)).toEqual([
    PIECES_PER_TASK_MAX,
    PIECES_PER_TASK_MAX,
    500,
  ]);
  const long = new TaskPacker(64 * MIB);
  const path = `/${'ü'.repeat(2000)}`;
  for (let index = 0; index < 100; index += 1) long.add(piece(path, 1));
  const perTask = Math.floor(PATH_BYTES_PER_TASK_MAX / 4001);
  expect(long.finish().map((task) => task.length)).toEqual([perTask, 100 - perTask]);
});
