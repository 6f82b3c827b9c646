import { sortByPath } from './input-names.ts';

/** How many skipped names a warning spells out. */
const NAMES_SHOWN = 3;

/** Says what of an input was left out; one warning, or none when nothing was. */
export function skippedWarning(
  text: string,
  kind: 'hidden' | 'subdirectories; --recursive reads them' | 'links to directories',
  names: readonly string[],
): readonly string[] {
  if (names.length === 0) return [];
  const shown = sortByPath(names, (name) => name).slice(0, NAMES_SHOWN);
  const list = shown.map((name) => `"${name}"`).join(', ');
  const more = names.length > NAMES_SHOWN ? ` and ${String(names.length - NAMES_SHOWN)} more` : '';
  return [`Skipped in input "${text}" (${kind}): ${list}${more}`];
}
