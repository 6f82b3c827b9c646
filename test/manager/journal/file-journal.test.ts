import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAwaited } from '../../../src/manager/scheduler/records.ts';
import { type DiskCall, diskError, VirtualDisk } from '../../sim/virtual-disk.ts';
import { type Clock, systemClock } from '../../../src/runtime/clock.ts';
import { awaited, claimJournal, liveOn, unawaited } from './journal-fixture.ts';

/** A disk whose calls of one kind fail while `when` says so. */
function faultyDisk(when: (call: DiskCall) => Error | undefined): VirtualDisk {
  return new VirtualDisk({
    onCall: (call) => {
      const error = when(call);
      if (error) throw error;
    },
  });
}

describe('a journal on disk', () => {
  test('tells records in their order, each once, and gives them to the next Manager', async () => {
    const disk = new VirtualDisk();
    const first = await liveOn(disk);
    const records = [unawaited(0), awaited(1), unawaited(2), awaited(3)];
    for (const record of records) first.append(record);
    expect(first.told).toEqual([]);
    await first.until(4);
    expect(first.told).toEqual(records);
    await first.journal.close();
    disk.crash();
    const second = await liveOn(disk);
    expect(second).toMatchObject({ epoch: 2, before: records });
    expect(disk.names).toEqual(['epoch-00002.log']);
  });

  test('syncs once for all that came in one turn, and not for what nobody waits for', async () => {
    const disk = new VirtualDisk();
    const life = await liveOn(disk);
    const before = disk.syncs;
    for (let number = 0; number < 100; number += 1) life.append(unawaited(number));
    await life.until(100);
    expect(disk.syncs).toBe(before);
    for (let number = 0; number < 100; number += 1) life.append(awaited(number));
    await life.until(200);
    expect(disk.syncs).toBe(before + 1);
  });

  test('whatever a crash leaves of it, holds all that was acted on and nothing that never was', async () => {
    const turns = fc.array(fc.array(fc.boolean(), { maxLength: 5 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        turns,
        fc.nat(60),
        fc.nat(2000),
        fc.infiniteStream(fc.boolean()),
        async (batches, crashAt, longFileBytes, keeps) => {
          let calls = 0;
          const disk = new VirtualDisk({
            onCall: () => {
              calls += 1;
              if (calls === crashAt) disk.crash(() => keeps.next().value === true);
            },
          });
          const life = await liveOn(disk, { longFileBytes }).catch(() => undefined);
          if (!life) return;
          const sent = batches.flat().map((wait, n) => (wait ? awaited(n) : unawaited(n)));
          let appended = 0;
          for (const batch of batches) {
            for (const _ of batch) life.append(sent[appended++] ?? awaited(0));
            await life.until(appended);
          }
          // Those that the last crash cut off are killed here if it did not come yet.
          disk.crash(() => keeps.next().value === true);
          calls = Number.NEGATIVE_INFINITY;
          const { records } = await claimJournal(disk.open());
          const acted = life.told.findLastIndex((record) => isAwaited(record)) + 1;
          expect(records).toEqual(expect.arrayContaining(sent.slice(0, acted)));
          expect(new Set(records.map((record) => JSON.stringify(record))).size).toBe(
            records.length,
          );
          expect(sent).toEqual(expect.arrayContaining([...records]));
          const kept = records.filter(isAwaited);
          expect(kept).toEqual(sent.filter(isAwaited).slice(0, kept.length));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('survives a crash at any call of any start', async () => {
    for (let crashAt = 1; crashAt < 40; crashAt += 1) {
      for (const kept of [true, false]) {
        let calls = 0;
        let armed = false;
        const disk: VirtualDisk = new VirtualDisk({
          onCall: () => {
            if (!armed) return;
            calls += 1;
            if (calls === crashAt) disk.crash(() => kept);
          },
        });
        const first = await liveOn(disk);
        first.append(awaited(1));
        await first.until(1);
        disk.killUsers();
        armed = true;
        const second = await liveOn(disk).catch(() => undefined);
        armed = false;
        const third = await liveOn(disk);
        expect(third.before).toEqual([awaited(1)]);
        expect(third.epoch).toBeGreaterThan(second?.epoch ?? 1);
        expect(disk.names).toHaveLength(1);
      }
    }
  });

  test('waits for room on a full disk and loses nothing', async () => {
    const disk = new VirtualDisk();
    const life = await liveOn(disk, { clock: impatientClock() });
    const used = disk.contentOf('epoch-00001.log')?.length ?? 0;
    disk.capacityBytes = used + 500;
    const sent = [0, 1, 2, 3].map((number) => awaited(number));
    for (const record of sent) life.append(record);
    while (life.rooms.length === 0) await new Promise(setImmediate);
    expect(life.told).toEqual([]);
    expect(disk.contentOf('epoch-00001.log')?.length).toBe(used + 500);
    life.append(awaited(4));
    disk.capacityBytes = Number.POSITIVE_INFINITY;
    await life.until(5);
    expect(life.told).toEqual([...sent, awaited(4)]);
    expect(life.rooms).toEqual([false, true]);
    disk.crash();
    expect((await claimJournal(disk.open())).records).toEqual(life.told);
  });

  test.each(['EIO', 'ENOSPC'] as const)('stops when a sync fails with %s', async (code) => {
    let armed = false;
    const disk = faultyDisk(({ operation }) =>
      armed && operation === 'sync' ? diskError(code) : undefined,
    );
    const life = await liveOn(disk);
    armed = true;
    life.append(awaited(1));
    await life.until(1);
    expect(life.failure).toMatchObject({
      name: 'UserError',
      exitCode: 1,
      message: expect.stringMatching(
        /^Cannot write the journal "\/journal\/epoch-00001.log": (i\/o error|no space left on device)\. /,
      ),
    });
    armed = false;
    life.append(awaited(2));
    await new Promise(setImmediate);
    expect(life.told).toEqual([]);
  });

  test('stops when a write fails for good', async () => {
    let armed = false;
    const disk = faultyDisk(({ operation }) =>
      armed && operation === 'write' ? diskError('EIO') : undefined,
    );
    const life = await liveOn(disk);
    armed = true;
    life.append(unawaited(1));
    await life.until(1);
    expect(life.failure).toMatchObject({ exitCode: 1 });
  });

  test('stops when another Manager has taken over, though it has nothing to write', async () => {
    const disk = new VirtualDisk();
    let isDue: (() => void) | undefined;
    const clock = { ...systemClock, setTimer: laterOnly((callback) => (isDue = callback)) };
    const first = await liveOn(disk, { clock });
    isDue?.();
    await liveOn(disk);
    expect(first.failure).toBeUndefined();
    isDue?.();
    await first.until(1);
    expect(first.failure).toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('another Manager has taken over; this one stops'),
    });
  });

  test('goes on when it cannot look for another Manager', async () => {
    let cannotList = false;
    const looks: DiskCall[] = [];
    const disk = faultyDisk((call) => {
      if (call.operation !== 'list' || !cannotList) return undefined;
      looks.push(call);
      return diskError('EIO');
    });
    const life = await liveOn(disk, { clock: impatientClock() });
    cannotList = true;
    while (looks.length < 3) await new Promise(setImmediate);
    cannotList = false;
    life.append(awaited(1));
    await life.until(1);
    await life.journal.close();
    expect(life).toMatchObject({ told: [awaited(1)], failure: undefined });
  });

  test('becomes short again when it has grown long, and says the same', async () => {
    const disk = new VirtualDisk();
    const life = await liveOn(disk, {
      longFileBytes: 2000,
      snapshot: () => [awaited(100)],
      countSnapshot: () => 1,
    });
    for (let number = 0; number < 20; number += 1) {
      life.append(awaited(number));
      life.append(unawaited(number));
      await life.until(2 * number + 2);
    }
    expect(disk.contentOf('epoch-00001.log')?.length).toBeLessThan(4000);
    expect(disk.names).toEqual(['epoch-00001.log']);
    disk.crash();
    const { records } = await claimJournal(disk.open());
    expect(records[0]).toEqual(awaited(100));
    expect(records.at(-2)).toEqual(awaited(19));
  });

  test('stays long while most of it is needed', async () => {
    const disk = new VirtualDisk();
    const snapshot = () => expect.unreachable('it is written anew');
    const life = await liveOn(disk, { longFileBytes: 2000, snapshot, countSnapshot: () => 5 });
    for (let number = 0; number < 18; number += 1) {
      life.append(awaited(number));
      await life.until(number + 1);
    }
    expect(disk.contentOf('epoch-00001.log')?.length).toBeGreaterThan(4000);
    expect(life.failure).toBeUndefined();
  });

  test('goes on with a long file when there is no room for a new one', async () => {
    const disk = new VirtualDisk();
    const life = await liveOn(disk, { longFileBytes: 2000, countSnapshot: () => 1 });
    disk.capacityBytes = 8000;
    for (let number = 0; number < 15; number += 1) {
      life.append(awaited(number));
      await life.until(number + 1);
    }
    expect(life.failure).toBeUndefined();
    disk.crash();
    expect((await claimJournal(disk.open())).records).toEqual(life.told);
  });
});

/** Timers that are due when the test says so. */
function laterOnly(plan: (callback: () => void) => void): Clock['setTimer'] {
  return (_delayMs, callback) => {
    plan(callback);
    return () => undefined;
  };
}

/** Tries again at once what it should try again later. */
function impatientClock() {
  return {
    nowMs: () => 0,
    wallMs: () => 0,
    setTimer: (_delayMs: number, callback: () => void) => {
      const immediate = setImmediate(callback);
      return () => clearImmediate(immediate);
    },
    afterSockets: (callback: () => void) => void setImmediate(callback),
  };
}
