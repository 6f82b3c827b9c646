import type { FileSystem } from '../../src/manager/publish/file-system.ts';
import type { Timeline } from '../manager/scheduler/harness/timeline.ts';
import type { Dice } from './dice.ts';
import type { Ambush } from './ambush.ts';
import type { SimProcess } from './sim-process.ts';
import type { Totals } from './totals.ts';
import { type Node, systemError, type SimDisk } from './sim-disk.ts';

/** How bad the disk is; all of it may be changed while it runs. */
export interface DiskHealth {
  latencyMsMax: number;
  /** Chance of each call to take seconds. */
  stall: number;
  /** Chance that the Manager does not see yet what a Worker has just written, as over NFS. */
  unseen: number;
  /** Chance of each call to fail with `EIO`, twice that of a sync. */
  eio: number;
  /** Nothing can be written: `ENOSPC`. */
  isFull: boolean;
  /** Chance of a write to take only part of the bytes. */
  shortWrite: number;
}

/** The state that says whether promises may have been answered since it was looked at last. */
export interface Deliveries {
  isDue: boolean;
}

interface Around {
  readonly disk: SimDisk;
  readonly timeline: Timeline;
  readonly process: SimProcess;
  readonly dice: Dice;
  readonly health: DiskHealth;
  readonly totals: Totals;
  readonly deliveries: Deliveries;
  /** Asked on both sides of the effect of each call: the process may be killed there. */
  readonly ambush: Ambush;
}

type CallKind = 'read' | 'write' | 'sync';

const LONGEST_STALL_MS = 4000;

/**
 * The file calls of one process over the virtual disk. Each takes effect at some moment and is
 * answered at the same or a later one: the process may die before, between and after.
 */
export class SimFiles {
  readonly #around: Around;

  constructor(around: Around) {
    this.#around = around;
  }

  call<T>(kind: CallKind, path: string, work: (disk: SimDisk) => T): Promise<T> {
    const { timeline, process, dice, deliveries, disk, ambush } = this.#around;
    const effectMs = timeline.nowMs + this.#latencyMs();
    return new Promise((resolve, reject) => {
      const answer = (tell: () => void): void => {
        process.hear(() => {
          deliveries.isDue = true;
          tell();
        });
      };
      timeline.at(effectMs, () => {
        if (!process.isAlive || ambush.strikes('before', path, process)) return;
        let tell: () => void;
        try {
          this.#mayFail(kind, path);
          const result = work(disk);
          tell = () => resolve(result);
        } catch (error) {
          tell = () => reject(error);
        }
        if (ambush.strikes('after', path, process)) return;
        if (dice.chance(0.75)) answer(tell);
        else timeline.after(this.#latencyMs(), () => answer(tell));
      });
    });
  }

  /** The calls that publishing makes, as Node has them. */
  asFileSystem(): FileSystem {
    const files = {
      chmod: (path: string, mode: number) =>
        this.call('write', path, (disk) => {
          const node = disk.get(path);
          if (node.kind === 'directory') node.mode = mode;
        }),
      chown: (path: string) => this.call('write', path, () => undefined),
      lstat: (path: string) => this.call('read', path, (disk) => statusOf(disk.get(path))),
      stat: (path: string) => this.call('read', path, (disk) => statusOf(disk.get(path))),
      mkdir: (path: string) => this.call('write', path, (disk) => disk.makeDirectory(path)),
      readdir: (path: string) =>
        this.call('read', path, (disk) => [...disk.directory(path).names.keys()]),
      readFile: (path: string) =>
        this.call('read', path, (disk) => disk.file(path).content.toString()),
      rename: (from: string, to: string) =>
        this.call('write', from, (disk) => disk.rename(from, to)),
      rm: (path: string) =>
        this.call('write', path, (disk) => {
          if (disk.find(path)) disk.remove(path);
        }),
      writeFile: (path: string, content: string, options?: { readonly flush?: boolean }) =>
        this.call('write', path, (disk) => {
          const file = disk.writeFile(path, content);
          if (options?.flush === true) disk.sync(path, file);
        }),
      open: async (path: string) => {
        const node = await this.call('read', path, (disk) => disk.get(path));
        return {
          sync: () => this.call('sync', path, (disk) => disk.sync(path, node)),
          close: () => Promise.resolve(),
        };
      },
    };
    return files as unknown as FileSystem;
  }

  /** How many of so many bytes a write takes. */
  lengthTaken(length: number): number {
    const { dice, health, totals } = this.#around;
    if (length < 2 || !dice.chance(health.shortWrite)) return length;
    totals.fault('short write');
    return dice.whole(1, length - 1);
  }

  #latencyMs(): number {
    const { dice, health, totals } = this.#around;
    if (!dice.chance(health.stall)) return dice.whole(0, health.latencyMsMax);
    totals.fault('slow call of the disk');
    return dice.whole(1, LONGEST_STALL_MS);
  }

  #mayFail(kind: CallKind, path: string): void {
    const { dice, health, totals } = this.#around;
    if (kind === 'write' && health.isFull) {
      totals.fault('ENOSPC');
      throw systemError('ENOSPC', path);
    }
    if (dice.chance(kind === 'sync' ? 2 * health.eio : health.eio)) {
      totals.fault(`EIO on ${kind}`);
      throw systemError('EIO', path);
    }
  }
}

function statusOf(node: Node): object {
  const isDirectory = node.kind === 'directory';
  return {
    dev: 1,
    ino: node.inode,
    mode: isDirectory ? node.mode : 0o644,
    uid: 0,
    gid: 0,
    size: isDirectory ? 0 : node.content.length,
    isFile: () => !isDirectory,
    isDirectory: () => isDirectory,
  };
}
