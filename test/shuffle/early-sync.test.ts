import { closeSync, fstatSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EarlySync } from '../../src/shuffle/early-sync.ts';
import { scratchDirectory } from './scratch-directory.ts';

const scratch = scratchDirectory();
const MUCH = 16 * 1024 * 1024;

type Answer = (error: NodeJS.ErrnoException | null) => void;

/** A file, and what was asked of a disk that answers when it is told to. */
function slowDisk(): { fd: number; asked: Answer[]; sync: EarlySync } {
  const fd = openSync(scratch.fresh('part'), 'wx');
  const asked: Answer[] = [];
  const later = (_: number, answer: Answer): void => void asked.push(answer);
  return {
    fd,
    asked,
    sync: new EarlySync(fd, later as ConstructorParameters<typeof EarlySync>[1]),
  };
}

describe('a sync ahead of the end', () => {
  it('begins when much was written, one at a time', () => {
    const { fd, asked, sync } = slowDisk();
    sync.wrote(MUCH - 1);
    expect(asked).toHaveLength(0);
    sync.wrote(1);
    sync.wrote(MUCH);
    expect(asked).toHaveLength(1);
    asked[0]?.(null);
    sync.wrote(0);
    expect(asked).toHaveLength(2);
    closeSync(fd);
  });

  it('is waited for, and its failure told', async () => {
    const { fd, asked, sync } = slowDisk();
    sync.wrote(MUCH);
    const settled = sync.settled();
    asked[0]?.(Object.assign(new Error('EIO: i/o error'), { code: 'EIO' }));
    await expect(settled).rejects.toThrow('EIO');
    await expect(sync.settled()).rejects.toThrow('EIO');
    closeSync(fd);
  });

  it('keeps the descriptor until it is done', async () => {
    const { fd, asked, sync } = slowDisk();
    sync.wrote(MUCH);
    sync.close();
    expect(fstatSync(fd).isFile()).toBe(true);
    asked[0]?.(null);
    await sync.settled();
    expect(() => fstatSync(fd)).toThrow('EBADF');
  });
});
