import {
  chmod,
  chown,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';

/** The file calls of publishing. A seam: tests make single calls fail. */
export const nodeFileSystem = {
  chmod,
  chown,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} as const;

export type FileSystem = typeof nodeFileSystem;
