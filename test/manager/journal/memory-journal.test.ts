import { expect, test } from 'vitest';
import { MemoryJournal } from '../../../src/manager/journal/memory-journal.ts';
import type { JournalRecord } from '../../../src/manager/scheduler/records.ts';

function record(jobId: number): JournalRecord {
  return { type: 'published', jobId };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test('records are told back in order, each once, never while appending', async () => {
  const told: JournalRecord[] = [];
  const journal = new MemoryJournal((each) => {
    told.push(each);
    if (told.length === 1) journal.append(record(3));
  });
  journal.append(record(1));
  journal.append(record(2));
  expect(told).toEqual([]);
  await nextTurn();
  expect(told).toEqual([record(1), record(2)]);
  await nextTurn();
  expect(told).toEqual([record(1), record(2), record(3)]);
});

test('a closed journal tells nothing any more', async () => {
  const told: JournalRecord[] = [];
  const journal = new MemoryJournal((each) => told.push(each));
  journal.append(record(1));
  await journal.close();
  journal.append(record(2));
  await nextTurn();
  expect(told).toEqual([]);
});
