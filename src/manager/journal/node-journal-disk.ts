import { chmod, link, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { syncDirectory } from '../../runtime/files/sync-directory.ts';
import type { JournalDisk, JournalFile } from './journal-disk.ts';

/** The journal's directory on a real disk. Its files get `mode`, whatever the umask. */
export function nodeJournalDisk(directory: string, mode: number): JournalDisk {
  const pathOf = (name: string): string => `${directory}/${name}`;
  return {
    pathOf,
    list: () => readdir(directory),
    read: (name, maxBytes) =>
      maxBytes === undefined ? readFile(pathOf(name)) : readHead(pathOf(name), maxBytes),
    create: (name) => create(pathOf(name), mode),
    link: (existing, name) => link(pathOf(existing), pathOf(name)),
    rename: (from, to) => rename(pathOf(from), pathOf(to)),
    remove: (name) => rm(pathOf(name), { force: true }),
    syncDirectory: () => syncDirectory(directory),
  };
}

async function readHead(path: string, maxBytes: number): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(maxBytes), 0, maxBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function create(path: string, mode: number): Promise<JournalFile> {
  const handle = await open(path, 'w', mode);
  try {
    await chmod(path, mode);
  } catch (error) {
    await handle.close();
    throw error;
  }
  return {
    write: async (bytes, position) =>
      (await handle.write(bytes, 0, bytes.length, position)).bytesWritten,
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
}
