import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAwaited } from '../../../src/manager/scheduler/records.ts';
import { VirtualDisk } from '../../sim/virtual-disk.ts';
import { awaited, liveOn, unawaited } from './journal-fixture.ts';

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
}

describe('a journal that syncs', () => {
  test('writes during a sync what comes meanwhile, for the next Manager if this one is killed', async () => {
    let next: Promise<void> | undefined;
    let noteWrite: () => void = () => undefined;
    const disk = new VirtualDisk({
      latency: async () => {
        const mine = next;
        next = undefined;
        await mine;
      },
      onCall: ({ operation }) => {
        if (operation === 'write') noteWrite();
      },
    });
    const life = await liveOn(disk);
    const firstWrite = new Promise<void>((resolve) => {
      noteWrite = () => {
        // The sync that follows goes on for ever.
        next = new Promise(() => undefined);
        resolve();
      };
    });
    life.append(awaited(0));
    await firstWrite;
    const secondWrite = new Promise<void>((resolve) => (noteWrite = resolve));
    // Then the sync has begun.
    await turns(2);
    life.append(unawaited(1));
    life.append(awaited(2));
    await secondWrite;
    disk.killUsers();
    expect(life.told).toEqual([]);
    const second = await liveOn(disk);
    expect(second.before).toEqual([awaited(0), unawaited(1), awaited(2)]);
  });

  test('tells of what was written during a sync only what a later one has made safe', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { maxLength: 40 }),
        fc.boolean(),
        async (waits, ends) => {
          const disk = new VirtualDisk({ latency: () => turns(4) });
          const life = await liveOn(disk);
          const records = waits.map((wait, n) => (wait ? awaited(n) : unawaited(n)));
          for (const record of records) {
            life.append(record);
            await turns(1);
          }
          if (ends) {
            await life.until(records.length);
            expect(life.told).toEqual(records);
          }
          const told = [...life.told];
          expect(told).toEqual(records.slice(0, told.length));
          disk.crash();
          const { before } = await liveOn(disk);
          expect(before).toEqual(records.slice(0, before.length));
          expect(before).toEqual(expect.arrayContaining(told.filter(isAwaited)));
        },
      ),
      { numRuns: 50 },
    );
  });
});
