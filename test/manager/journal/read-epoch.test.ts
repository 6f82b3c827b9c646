import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeLine, linesOf } from '../../../src/manager/journal/line.ts';
import { readEpoch } from '../../../src/manager/journal/read-epoch.ts';
import { encodeRecords } from '../../../src/manager/journal/write-epoch.ts';
import type { JournalRecord } from '../../../src/manager/scheduler/records.ts';
import { awaited, unawaited } from './journal-fixture.ts';

function header(snapshot: number): Buffer {
  const value = { type: 'epoch', format_version: 1, epoch: 3, cluster_id: 'c', snapshot };
  return Buffer.from(encodeLine(0, snapshot, JSON.stringify(value)));
}

/** A file with `snapshot` records that were there from the beginning, and others after them. */
function fileOf(records: readonly JournalRecord[], snapshot: number, synced = snapshot): Buffer {
  const first = encodeRecords(records.slice(0, snapshot), 1, snapshot);
  const rest = encodeRecords(records.slice(snapshot), snapshot + 1, synced);
  return Buffer.concat([header(snapshot), first, rest]);
}

const someRecords = fc.array(
  fc
    .tuple(fc.boolean(), fc.nat(99), fc.string({ unit: 'grapheme', maxLength: 20 }))
    .map(([wait, number, text]) => (wait ? awaited(number, text) : unawaited(number, text))),
  { minLength: 1, maxLength: 8 },
);

describe('a file of the journal', () => {
  test('gives back the records that were written', () => {
    fc.assert(
      fc.property(someRecords, fc.nat(8), (records, some) => {
        const snapshot = Math.min(some, records.length);
        const { header: first, records: found, cutLines } = readEpoch(fileOf(records, snapshot));
        expect(found).toEqual(records);
        expect(cutLines).toBe(0);
        expect(first).toMatchObject({ epoch: 3, snapshot });
      }),
    );
  });

  test('that ends at any byte after its first state holds the lines that are whole', () => {
    fc.assert(
      fc.property(someRecords, (records) => {
        const whole = fileOf(records, 0);
        const start = header(0).length;
        for (let end = start; end <= whole.length; end += 1) {
          const torn = whole.subarray(0, end);
          const newlines = torn.subarray(start).filter((byte) => byte === 0x0a).length;
          const lastIsTorn = end > start && torn[end - 1] !== 0x0a;
          const { records: found, cutLines } = readEpoch(torn);
          expect([found.length, cutLines]).toEqual([newlines, lastIsTorn ? 1 : 0]);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('of which any part of an unsynced tail is missing is cut before the first hole', () => {
    fc.assert(
      fc.property(
        someRecords,
        fc.nat(8),
        fc.infiniteStream(fc.boolean()),
        (records, some, keep) => {
          const snapshot = Math.min(some, records.length - 1);
          const whole = fileOf(records, snapshot);
          const safeBytes = fileOf(records.slice(0, snapshot), snapshot).length;
          const torn = Buffer.from(whole);
          let firstHole = whole.length;
          for (let at = safeBytes; at < whole.length; at += 16) {
            if (keep.next().value === true) continue;
            torn.fill(0, at, Math.min(at + 16, torn.length));
            firstHole = Math.min(firstHole, at);
          }
          const wholeLines = whole.subarray(safeBytes, firstHole).filter((byte) => byte === 0x0a);
          const expected = records.slice(0, snapshot + wholeLines.length);
          expect(readEpoch(torn).records).toEqual(expected);
        },
      ),
    );
  });

  test('with one damaged byte in what was safe is refused, whichever it is', () => {
    const records = [awaited(0), unawaited(1), awaited(2)];
    const later = encodeRecords([awaited(3), awaited(4)], 4, 3);
    const whole = Buffer.concat([fileOf(records, 1), later]);
    const safeBytes = whole.length - later.length;
    for (let at = 0; at < safeBytes; at += 1) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0x01;
      const line = whole.subarray(0, at).filter((byte) => byte === 0x0a).length + 1;
      expect(() => readEpoch(damaged), `byte ${String(at)}`).toThrow(`line ${String(line)} is`);
    }
  });

  test('that ends within the state it began with is refused', () => {
    const whole = fileOf([awaited(0), awaited(1)], 2);
    expect(() => readEpoch(whole.subarray(0, -1))).toThrow(
      'line 3 is damaged or missing, and was safe on the disk before',
    );
    expect(() => readEpoch(header(2))).toThrow('line 2 is damaged or missing');
    expect(() => readEpoch(Buffer.alloc(0))).toThrow('line 1 is damaged');
  });

  test('has lines that a person can take apart', () => {
    const line = encodeLine(12, 9, '{"type":"published","jobId":7}');
    expect(line).toBe('12 9 30 04b83dfe {"type":"published","jobId":7}\n');
    expect([...linesOf(Buffer.from(line))]).toEqual([
      { sequence: 12, synced: 9, value: { type: 'published', jobId: 7 } },
    ]);
  });
});
