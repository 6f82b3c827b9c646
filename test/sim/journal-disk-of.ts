import type { JournalDisk, JournalFile } from '../../src/manager/journal/journal-disk.ts';
import type { FileNode } from './sim-disk.ts';
import type { SimFiles } from './sim-files.ts';

/** What the journal asks of its directory, on the disk of the simulation. */
export function journalDiskOf(files: SimFiles, directory: string): JournalDisk {
  const pathOf = (name: string): string => `${directory}/${name}`;
  return {
    pathOf,
    list: () =>
      files.call('read', directory, (disk) => [...disk.directory(directory).names.keys()]),
    read: (name, maxBytes) =>
      files.call('read', pathOf(name), (disk) =>
        disk.file(pathOf(name)).content.subarray(0, maxBytes),
      ),
    create: async (name) => {
      const path = pathOf(name);
      const file = await files.call('write', path, (disk) => disk.create(path));
      return journalFile(files, path, file);
    },
    link: (existing, name) =>
      files.call('write', pathOf(name), (disk) => disk.link(pathOf(existing), pathOf(name))),
    rename: (from, to) =>
      files.call('write', pathOf(from), (disk) => disk.rename(pathOf(from), pathOf(to))),
    remove: (name) =>
      files.call('write', pathOf(name), (disk) => {
        if (disk.find(pathOf(name))) disk.remove(pathOf(name));
      }),
    syncDirectory: () =>
      files.call('sync', directory, (disk) => disk.sync(directory, disk.directory(directory))),
  };
}

function journalFile(files: SimFiles, path: string, file: FileNode): JournalFile {
  return {
    write: (bytes, position) =>
      files.call('write', path, (disk) => {
        const length = files.lengthTaken(bytes.length);
        disk.write(file, bytes.subarray(0, length), position);
        return length;
      }),
    sync: () => files.call('sync', path, (disk) => disk.sync(path, file)),
    close: () => Promise.resolve(),
  };
}
