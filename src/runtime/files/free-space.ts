import { statfs } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import { describeSize } from '../sizes.ts';

export interface FreeSpaceOptions {
  readonly directory: string;
  /** Below this there is no room. */
  readonly limitBytes: number;
  readonly pollMs: number;
  readonly clock: Clock;
  /** Told when the limit is crossed, either way. */
  readonly onChange: (hasRoom: boolean, detail: string) => void;
  /** Free bytes of a directory's disk; asks the system by default. */
  readonly freeBytes?: (directory: string) => Promise<number>;
}

/** Watches how much room a directory's disk has. Returns how to stop. */
export function watchFreeSpace(options: FreeSpaceOptions): () => void {
  const { directory, limitBytes, clock, freeBytes: ask = freeBytes } = options;
  let hasRoom = true;
  let stopped = false;
  let cancel: (() => void) | undefined;

  const look = async (): Promise<void> => {
    // A disk that does not answer says nothing about its room.
    const free = await ask(directory).catch(() => undefined);
    if (stopped) return;
    if (free !== undefined && free >= limitBytes !== hasRoom) {
      hasRoom = !hasRoom;
      options.onChange(hasRoom, `"${directory}" has ${describeSize(free)} free`);
    }
    cancel = clock.setTimer(options.pollMs, () => void look());
  };
  void look();
  return () => {
    stopped = true;
    cancel?.();
  };
}

/** What an ordinary user may still write to a directory's disk. */
export async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
