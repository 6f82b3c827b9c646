import type { JournalDisk, JournalFile } from '../../src/manager/journal/journal-disk.ts';

/** A call that a fault can be planned for. */
export interface DiskCall {
  readonly operation: keyof Omit<JournalDisk, 'pathOf'> | keyof JournalFile;
  readonly name: string;
}

export interface VirtualDiskOptions {
  /** May throw in place of the call; see {@link diskError}. */
  readonly onCall?: (call: DiskCall) => void;
  /** How long each call takes; at once when left out. */
  readonly latency?: () => Promise<void>;
}

interface Write {
  readonly position: number;
  readonly bytes: Buffer;
}

/** Content without a name: `safe` is on the disk, `unsafe` would be gone or half there. */
interface Content {
  bytes: Buffer;
  safe: Buffer;
  unsafe: Write[];
}

type NameChange = (names: Map<string, Content>) => void;

/** What the disk writes at once, or not at all. */
const SECTOR_BYTES = 64;

/**
 * One directory of a disk in memory that keeps its promises and nothing more: bytes are safe once
 * their file was synced, names once the directory was. A crash keeps of the rest whatever it likes.
 */
export class VirtualDisk {
  readonly #options: VirtualDiskOptions;
  #names = new Map<string, Content>();
  #safeNames = new Map<string, Content>();
  #nameChanges: NameChange[] = [];
  /** Grows with each crash and each `killUsers`: who opened the disk before has no say any more. */
  #generation = 0;
  /** Bytes that all files may have together. */
  capacityBytes = Number.POSITIVE_INFINITY;
  /** Operations so far, for planning faults at each of them in turn. */
  calls = 0;
  syncs = 0;

  constructor(options: VirtualDiskOptions = {}) {
    this.#options = options;
  }

  /** The processes that use the disk end; the disk goes on and loses nothing. */
  killUsers(): void {
    this.#generation += 1;
  }

  /**
   * The machine goes down. Of what was not safe each sector is kept when `keeps` says so, and of
   * the changes of names as many from the first on; nothing when left out.
   */
  crash(keeps: () => boolean = () => false): void {
    this.killUsers();
    for (const content of new Set([...this.#names.values(), ...this.#safeNames.values()])) {
      for (const write of content.unsafe) keepSectors(content, write, keeps);
      content.unsafe = [];
      content.bytes = content.safe;
    }
    for (const change of this.#nameChanges) {
      if (!keeps()) break;
      change(this.#safeNames);
    }
    this.#nameChanges = [];
    this.#names = new Map(this.#safeNames);
  }

  /** What a file holds now, for looking at it from outside. */
  contentOf(name: string): Buffer | undefined {
    return this.#names.get(name)?.bytes;
  }

  get names(): readonly string[] {
    return [...this.#names.keys()];
  }

  /** Puts a file there, safely. */
  put(name: string, bytes: Buffer): void {
    const content = { bytes, safe: bytes, unsafe: [] };
    this.#names.set(name, content);
    this.#safeNames.set(name, content);
  }

  /** The disk as one process sees it, until that is killed. */
  open(): JournalDisk {
    const generation = this.#generation;
    const begin = async (operation: DiskCall['operation'], name: string): Promise<void> => {
      await this.#options.latency?.();
      if (generation !== this.#generation) throw diskError('EIO');
      this.calls += 1;
      this.#options.onCall?.({ operation, name });
    };
    return {
      pathOf: (name) => `/journal/${name}`,
      list: async () => {
        await begin('list', '');
        return this.names;
      },
      read: async (name, maxBytes) => {
        await begin('read', name);
        return Buffer.from(this.#named(name).bytes.subarray(0, maxBytes));
      },
      create: async (name) => {
        await begin('create', name);
        const content: Content = { bytes: EMPTY, safe: EMPTY, unsafe: [] };
        this.#change((names) => names.set(name, content));
        return this.#file(name, content, begin);
      },
      link: async (existing, name) => {
        await begin('link', name);
        if (this.#names.has(name)) throw diskError('EEXIST');
        const content = this.#named(existing);
        this.#change((names) => names.set(name, content));
      },
      rename: async (from, to) => {
        await begin('rename', to);
        const content = this.#named(from);
        this.#change((names) => {
          names.delete(from);
          names.set(to, content);
        });
      },
      remove: async (name) => {
        await begin('remove', name);
        this.#change((names) => names.delete(name));
      },
      syncDirectory: async () => {
        await begin('syncDirectory', '');
        this.syncs += 1;
        this.#safeNames = new Map(this.#names);
        this.#nameChanges = [];
      },
    };
  }

  #file(
    name: string,
    content: Content,
    begin: (operation: DiskCall['operation'], name: string) => Promise<void>,
  ): JournalFile {
    return {
      write: async (bytes, position) => {
        await begin('write', name);
        const room = Math.max(0, this.#roomFor(content) - position);
        if (room === 0) throw diskError('ENOSPC');
        const written = { position, bytes: Buffer.from(bytes.subarray(0, room)) };
        content.unsafe.push(written);
        content.bytes = withWrite(content.bytes, written);
        return written.bytes.length;
      },
      sync: async () => {
        await begin('sync', name);
        this.syncs += 1;
        content.safe = content.bytes;
        content.unsafe = [];
      },
      close: () => begin('close', name),
    };
  }

  /** How long this file may become. */
  #roomFor(content: Content): number {
    let others = 0;
    for (const each of new Set(this.#names.values())) {
      if (each !== content) others += each.bytes.length;
    }
    return this.capacityBytes - others;
  }

  #named(name: string): Content {
    const content = this.#names.get(name);
    if (!content) throw diskError('ENOENT');
    return content;
  }

  #change(change: NameChange): void {
    change(this.#names);
    this.#nameChanges.push(change);
  }
}

const EMPTY = Buffer.alloc(0);

/** An error as the operating system gives it. */
export function diskError(code: 'EIO' | 'ENOSPC' | 'EEXIST' | 'ENOENT' | 'EMFILE'): Error {
  const errno = { EIO: -5, ENOSPC: -28, EEXIST: -17, ENOENT: -2, EMFILE: -24 }[code];
  return Object.assign(new Error(`${code}: planned`), { code, errno });
}

/** A hole before it is filled with zeros, as in a file. */
function withWrite(bytes: Buffer, { position, bytes: added }: Write): Buffer {
  const result = Buffer.alloc(Math.max(bytes.length, position + added.length));
  bytes.copy(result);
  added.copy(result, position);
  return result;
}

function keepSectors(content: Content, { position, bytes }: Write, keeps: () => boolean): void {
  for (let from = 0; from < bytes.length;) {
    const end = Math.min(bytes.length, from + SECTOR_BYTES - ((position + from) % SECTOR_BYTES));
    if (keeps()) {
      const sector = { position: position + from, bytes: bytes.subarray(from, end) };
      content.safe = withWrite(content.safe, sector);
    }
    from = end;
  }
}
