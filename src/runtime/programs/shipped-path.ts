import { isAbsolute, posix } from 'node:path';

/**
 * Where a word's file stands in an attempt's directory: the word itself without `./` and doubled
 * slashes. Undefined when it is absolute, leaves the directory, or names the directory itself.
 */
export function shippedPath(word: string): string | undefined {
  if (word === '' || word.endsWith('/') || word.includes('\0') || isAbsolute(word))
    return undefined;
  const path = posix.normalize(word);
  return path === '.' || path === '..' || path.startsWith('../') ? undefined : path;
}
