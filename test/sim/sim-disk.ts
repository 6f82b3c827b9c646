import type { Dice } from './dice.ts';

export interface FileNode {
  readonly kind: 'file';
  readonly inode: number;
  /** What processes read. */
  content: Buffer;
  /** What a power cut leaves. */
  synced: Buffer;
}

export interface DirectoryNode {
  readonly kind: 'directory';
  readonly inode: number;
  mode: number;
  readonly names: Map<string, Node>;
}

export type Node = FileNode | DirectoryNode;

/** A change of names that is not known to have reached the disk, and how to take it back. */
interface Unsynced {
  /** Syncing this directory makes it safe. */
  readonly directory: DirectoryNode;
  readonly undo: () => void;
}

/** An error as the operating system reports it. */
export function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code, path });
}

const NOTHING = Buffer.alloc(0);

/**
 * A disk in memory with the guarantees of POSIX and no more: bytes are safe once their file was
 * synced, names once their directory was. A power cut takes what was not.
 */
export class SimDisk {
  readonly root: DirectoryNode = { kind: 'directory', inode: 1, mode: 0o755, names: new Map() };
  /** Told of every name that appears or goes, for those who watch from outside. */
  onChange: (path: string) => void = () => undefined;
  /** Told when bytes of a file, or names of a directory, are safe. */
  onSynced: (path: string, node: Node) => void = () => undefined;
  #nextInode = 2;
  #unsynced: Unsynced[] = [];
  readonly #touched = new Set<FileNode>();

  find(path: string): Node | undefined {
    let at: Node | undefined = this.root;
    for (let from = 1; from <= path.length && from > 0;) {
      const slash = path.indexOf('/', from);
      const name = slash === -1 ? path.slice(from) : path.slice(from, slash);
      if (name !== '') at = at?.kind === 'directory' ? at.names.get(name) : undefined;
      if (slash === -1) return at;
      from = slash + 1;
    }
    return at;
  }

  get(path: string): Node {
    const node = this.find(path);
    if (!node) throw systemError('ENOENT', path);
    return node;
  }

  file(path: string): FileNode {
    const node = this.get(path);
    if (node.kind === 'directory') throw systemError('EISDIR', path);
    return node;
  }

  directory(path: string): DirectoryNode {
    const node = this.get(path);
    if (node.kind === 'file') throw systemError('ENOTDIR', path);
    return node;
  }

  makeDirectory(path: string): void {
    const [parent, name] = this.#split(path);
    if (parent.names.has(name)) throw systemError('EEXIST', path);
    const made = {
      kind: 'directory',
      inode: this.#inode(),
      mode: 0o755,
      names: new Map(),
    } as const;
    this.#enter(parent, name, { ...made }, path);
  }

  /** Makes a directory and those above it, safe at once: what was there before the simulation. */
  makeDirectories(path: string): void {
    for (let slash = path.indexOf('/', 1); ; slash = path.indexOf('/', slash + 1)) {
      const part = slash === -1 ? path : path.slice(0, slash);
      if (!this.find(part)) this.makeDirectory(part);
      if (slash === -1) break;
    }
    this.syncAll();
  }

  /** Opens for writing; an earlier content goes. */
  create(path: string): FileNode {
    const there = this.find(path);
    if (there?.kind === 'directory') throw systemError('EISDIR', path);
    if (there) {
      there.content = NOTHING;
      return there;
    }
    const [parent, name] = this.#split(path);
    const file: FileNode = {
      kind: 'file',
      inode: this.#inode(),
      content: NOTHING,
      synced: NOTHING,
    };
    this.#enter(parent, name, file, path);
    return file;
  }

  write(file: FileNode, bytes: Uint8Array, position: number): void {
    const end = position + bytes.length;
    const content = Buffer.alloc(Math.max(file.content.length, end));
    file.content.copy(content);
    content.set(bytes, position);
    file.content = content;
    this.#touched.add(file);
  }

  /** A file with its whole content. */
  writeFile(path: string, content: string): FileNode {
    const file = this.create(path);
    this.write(file, Buffer.from(content), 0);
    return file;
  }

  link(existing: string, path: string): void {
    const file = this.file(existing);
    const [parent, name] = this.#split(path);
    if (parent.names.has(name)) throw systemError('EEXIST', path);
    this.#enter(parent, name, file, path);
  }

  rename(from: string, to: string): void {
    const node = this.get(from);
    const [source, oldName] = this.#split(from);
    const [target, newName] = this.#split(to);
    const replaced = target.names.get(newName);
    if (replaced === node) return;
    if (replaced?.kind === 'directory' && replaced.names.size > 0) {
      throw systemError('ENOTEMPTY', to);
    }
    source.names.delete(oldName);
    target.names.set(newName, node);
    const undo = (): void => {
      if (target.names.get(newName) !== node) return;
      if (replaced) target.names.set(newName, replaced);
      else target.names.delete(newName);
      source.names.set(oldName, node);
    };
    this.#unsynced.push({ directory: target, undo });
    this.onChange(from);
    this.onChange(to);
  }

  /** Removes a file, or a directory with all in it. */
  remove(path: string): void {
    const node = this.get(path);
    const [parent, name] = this.#split(path);
    parent.names.delete(name);
    const undo = (): void => {
      if (!parent.names.has(name)) parent.names.set(name, node);
    };
    this.#unsynced.push({ directory: parent, undo });
    this.onChange(path);
  }

  sync(path: string, node: Node): void {
    if (node.kind === 'file') {
      node.synced = node.content;
      this.#touched.delete(node);
    } else this.#unsynced = this.#unsynced.filter((change) => change.directory !== node);
    this.onSynced(path, node);
  }

  syncAll(): void {
    this.#unsynced = [];
    for (const file of this.#touched) file.synced = file.content;
    this.#touched.clear();
  }

  /** Takes what was not synced: all of it, or what the disk had not got to yet. */
  cutPower(dice: Dice): void {
    const kept = dice.chance(0.5) ? dice.whole(0, this.#unsynced.length) : 0;
    for (const { undo } of this.#unsynced.slice(kept).toReversed()) undo();
    this.#unsynced = [];
    for (const file of this.#touched) {
      file.content = torn(file, dice);
      file.synced = file.content;
    }
    this.#touched.clear();
  }

  #enter(parent: DirectoryNode, name: string, node: Node, path: string): void {
    parent.names.set(name, node);
    const undo = (): void => {
      if (parent.names.get(name) === node) parent.names.delete(name);
    };
    this.#unsynced.push({ directory: parent, undo });
    this.onChange(path);
  }

  #split(path: string): readonly [DirectoryNode, string] {
    const slash = path.lastIndexOf('/');
    return [slash === 0 ? this.root : this.directory(path.slice(0, slash)), path.slice(slash + 1)];
  }

  #inode(): number {
    this.#nextInode += 1;
    return this.#nextInode;
  }
}

/** What becomes of bytes that were never synced: none of them, a beginning, or holes of zeros. */
function torn({ content, synced }: FileNode, dice: Dice): Buffer {
  const isLonger = content.subarray(0, synced.length).equals(synced);
  if (!isLonger || dice.chance(0.5)) return synced;
  const left = Buffer.from(content.subarray(0, dice.whole(synced.length, content.length)));
  if (left.length > synced.length && dice.chance(0.3)) {
    left.fill(0, synced.length, dice.whole(synced.length, left.length));
  }
  return left;
}
