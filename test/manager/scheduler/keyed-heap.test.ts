import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Agenda } from '../../../src/manager/scheduler/agenda.ts';
import { KeyedHeap } from '../../../src/manager/scheduler/keyed-heap.ts';

const change = fc.record({
  item: fc.integer({ min: 0, max: 30 }),
  key: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
});

test('a heap gives the items of a map in the order of their keys', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
      const heap = new KeyedHeap<number>();
      const oracle = new Map<number, number>();
      for (const { item, key } of changes) {
        if (key === undefined) {
          heap.remove(item);
          oracle.delete(item);
        } else {
          heap.place(item, key);
          oracle.set(item, key);
        }
        const keys = [...oracle.values()].toSorted((a, b) => a - b);
        expect(heap.size).toBe(oracle.size);
        expect(heap.firstKey).toBe(keys[0]);
        expect([...heap].map((each) => heap.keyOf(each))).toEqual(keys);
        expect(new Set(heap)).toEqual(new Set(oracle.keys()));
      }
    }),
  );
});

test('a cleared heap is empty', () => {
  const heap = new KeyedHeap<string>();
  heap.place('a', 1);
  heap.clear();
  expect([heap.size, heap.first, heap.has('a'), [...heap]]).toEqual([0, undefined, false, []]);
});

test('an agenda keeps the earliest time of each, and gives up who is due once', () => {
  const agenda = new Agenda<string>();
  agenda.noLaterThan('a', 30);
  agenda.noLaterThan('b', 20);
  agenda.noLaterThan('a', 10);
  agenda.noLaterThan('b', 25);
  agenda.noLaterThan('c', Number.POSITIVE_INFINITY);
  expect(agenda.nextMs).toBe(10);
  expect(agenda.takeDue(9)).toEqual([]);
  expect(agenda.takeDue(20)).toEqual(['a', 'b']);
  expect(agenda.takeDue(1000)).toEqual([]);
  expect(agenda.nextMs).toBeUndefined();
});
