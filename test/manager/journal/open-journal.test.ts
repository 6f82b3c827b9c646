import { readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { encodeLine } from '../../../src/manager/journal/line.ts';
import { nodeJournalDisk } from '../../../src/manager/journal/node-journal-disk.ts';
import { VirtualDisk } from '../../sim/virtual-disk.ts';
import { useTemporaryDirectory } from '../temporary-directory.ts';
import { awaited, claimJournal, liveOn } from './journal-fixture.ts';

const directory = useTemporaryDirectory();

describe('two Managers with one journal', () => {
  test('the earlier one stops before it acts on what it still writes', async () => {
    const disk = new VirtualDisk();
    const first = await liveOn(disk);
    first.journal.append(awaited(1));
    await first.until(1);
    const claimed = await claimJournal(disk.open());
    first.journal.append(awaited(2));
    await first.until(2);
    expect(first.told).toEqual([awaited(1)]);
    expect(first.failure).toMatchObject({
      message:
        'Cannot use the journal "/journal/epoch-00002.log": another Manager has taken over; this one stops',
    });
    expect(claimed.records).toEqual([awaited(1)]);
  });

  test('one that slept through several others stops too', async () => {
    const disk = new VirtualDisk();
    const first = await liveOn(disk);
    await liveOn(disk);
    await liveOn(disk);
    expect(disk.names).toEqual(['epoch-00003.log']);
    first.journal.append(awaited(1));
    await first.until(1);
    expect(first.failure).toMatchObject({ message: expect.stringContaining('epoch-00003.log') });
  });

  test('of two that start at once only one gets the epoch', async () => {
    const disk = new VirtualDisk();
    const both = await Promise.allSettled([claimJournal(disk.open()), claimJournal(disk.open())]);
    const states = both.map(({ status }) => status);
    expect(states.toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((each) => each.status === 'rejected')?.reason).toMatchObject({
      message:
        'Cannot use the journal "/journal/epoch-00001.log": another Manager is starting with it; stop that one first',
    });
  });

  test('one that only claimed and went leaves what was there', async () => {
    const disk = new VirtualDisk();
    const first = await liveOn(disk);
    first.journal.append(awaited(1));
    await first.until(1);
    await claimJournal(disk.open());
    await claimJournal(disk.open());
    const fourth = await liveOn(disk);
    expect(fourth).toMatchObject({ epoch: 4, before: [awaited(1)] });
    expect(disk.names).toEqual(['epoch-00004.log']);
  });

  test('one that was overtaken while it started does not begin', async () => {
    const disk = new VirtualDisk();
    const slow = await claimJournal(disk.open());
    await claimJournal(disk.open());
    await expect(slow.begin([])).rejects.toThrow('another Manager has taken over');
  });
});

function fileOf(changes: object): Buffer {
  const header = { type: 'epoch', format_version: 1, epoch: 4, cluster_id: 'c', snapshot: 0 };
  return Buffer.from(encodeLine(0, 0, JSON.stringify({ ...header, ...changes })));
}

describe('a journal that cannot be used is refused and left as it is:', () => {
  test.each([
    [
      'of a newer Muster',
      fileOf({ format_version: 2 }),
      'it has format version 2, this Manager knows 1: use the newer Muster that wrote it',
    ],
    [
      'of another cluster',
      fileOf({ cluster_id: 'd' }),
      'it belongs to cluster d, "cluster.json" says c: put back the "cluster.json" that belongs to it',
    ],
    [
      'without a first line',
      Buffer.from('x\n'),
      'line 1 is damaged. Put back a sound copy of it, or move the file away',
    ],
  ])('%s', async (_which, content, message) => {
    const disk = new VirtualDisk();
    disk.put('epoch-00004.log', content);
    await expect(claimJournal(disk.open())).rejects.toThrow(
      `Cannot use the journal "/journal/epoch-00004.log": ${message}`,
    );
    expect(disk.names).toEqual(['epoch-00004.log']);
  });

  test('with a hole', async () => {
    const disk = new VirtualDisk();
    const life = await liveOn(disk);
    for (const number of [1, 2, 3]) {
      life.journal.append(awaited(number));
      await life.until(number);
    }
    const content = Buffer.from(disk.contentOf('epoch-00001.log') ?? '');
    content[content.indexOf('\n') + 10] = 0;
    disk.put('epoch-00001.log', content);
    await expect(claimJournal(disk.open())).rejects.toThrow(
      '"/journal/epoch-00001.log": line 2 is damaged or missing, and was safe on the disk before. Put back',
    );
  });
});

test('no epoch is used twice, even when the journal was taken away', async () => {
  const { identity } = await claimJournal(new VirtualDisk().open(), 7);
  expect(identity.epoch).toBe(7);
});

test('on a real disk it is a file for people, and for its user alone', async () => {
  const disk = nodeJournalDisk(directory(), 0o600);
  const claimed = await claimJournal(disk);
  const { file } = await claimed.begin([awaited(1)]);
  await file.close();
  const path = `${directory()}/epoch-00001.log`;
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, 'utf8').split('\n')[0]).toMatch(
    /^0 1 \d+ [\da-f]{8} {"type":"epoch","format_version":1,"epoch":1,"cluster_id":"c","snapshot":1}$/,
  );
  const next = await claimJournal(disk);
  expect(next.records).toEqual([awaited(1)]);
  await (await next.begin(next.records)).file.close();
  expect(await disk.list()).toEqual(['epoch-00002.log']);
});
