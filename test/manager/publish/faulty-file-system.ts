import { type FileSystem, nodeFileSystem } from '../../../src/manager/publish/file-system.ts';

/** How a call goes wrong. `lost_reply`: it is done, and fails all the same, as over NFS. */
export type Fault = 'fails' | 'lost_reply' | 'crash';

/**
 * A file system whose calls number `at` (from 1) go wrong; after a crash every later call fails.
 */
export class FaultyFileSystem {
  /** How many calls there were, of those that look too. */
  calls = 0;
  /** Those that opened or changed something, in order, with their first path: `rename /out`. */
  readonly done: string[] = [];
  #crashed = false;
  readonly files: FileSystem;

  constructor(fault?: Fault, ...at: readonly number[]) {
    const wrap = <Arguments extends unknown[], Result>(
      work: (...args: Arguments) => Promise<Result>,
      kind: 'changes' | 'opens' | 'reads' = 'changes',
    ): ((...args: Arguments) => Promise<Result>) => {
      return async (...args) => {
        if (this.#crashed) throw systemError();
        this.calls += 1;
        if (!at.includes(this.calls) || fault === undefined) {
          if (kind !== 'reads') this.done.push(`${work.name} ${String(args[0])}`);
          return work(...args);
        }
        if (fault === 'crash') this.#crashed = true;
        if (fault === 'lost_reply' && kind === 'changes') await work(...args);
        throw systemError();
      };
    };
    const fs = nodeFileSystem;
    this.files = {
      ...fs,
      chmod: wrap(fs.chmod),
      chown: wrap(fs.chown),
      mkdir: wrap(fs.mkdir as (...args: unknown[]) => Promise<unknown>),
      rename: wrap(fs.rename),
      writeFile: wrap(fs.writeFile),
      open: wrap(fs.open, 'opens'),
      lstat: wrap(fs.lstat as (...args: unknown[]) => Promise<unknown>, 'reads'),
      stat: wrap(fs.stat as (...args: unknown[]) => Promise<unknown>, 'reads'),
      readdir: wrap(fs.readdir as (...args: unknown[]) => Promise<unknown>, 'reads'),
      readFile: wrap(fs.readFile as (...args: unknown[]) => Promise<unknown>, 'reads'),
    } as unknown as FileSystem;
  }
}

function systemError(): Error {
  return Object.assign(new Error('EIO: i/o error'), { errno: -5, code: 'EIO' });
}
