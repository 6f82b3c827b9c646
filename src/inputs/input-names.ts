import { hostname, userInfo } from 'node:os';
import { basename } from 'node:path';
import { errorCode, errorText } from '../runtime/system-error.ts';
import { InputRefused } from './input-errors.ts';

/** What decoding makes of bytes that are not UTF-8. */
const REPLACEMENT = '\uFFFD';

/** Whether a file is left out unless it is named. */
export function isHidden(path: string): boolean {
  return /^[._]/.test(basename(path));
}

/**
 * A name as text. Messages are UTF-8, so that another could not be sent as it is.
 * @throws InputRefused for a name that is not UTF-8
 */
export function decodeName(name: Buffer, directory: string): string {
  const text = name.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(name)) return text;
  const shown = name.toString('latin1').replace(/[^ -~]/g, hexEscape);
  throw notUtf8(`${directory}/${shown}`);
}

/** Why the system did not let us read it. A name that lost its bytes before we saw it is told. */
export function cannotRead(text: string, error: unknown): InputRefused {
  const code = errorCode(error);
  if (code === 'ENOENT' && text.includes(REPLACEMENT)) return notUtf8(text);
  const denied = code === 'EACCES' || code === 'EPERM';
  const who = denied ? `, as user ${userInfo().username} on ${hostname()}` : '';
  return new InputRefused(text, `${errorText(error)}${who}`, { cause: error });
}

/** Sorts by a path, in the order of `LC_ALL=C sort`, from which that of UTF-16 differs. */
export function sortByPath<Item>(items: readonly Item[], pathOf: (item: Item) => string): Item[] {
  return items
    .map((item) => ({ item, bytes: Buffer.from(pathOf(item), 'utf8') }))
    .toSorted((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ item }) => item);
}

function hexEscape(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

function notUtf8(path: string): InputRefused {
  return new InputRefused(path, 'its name is not UTF-8; rename it');
}
