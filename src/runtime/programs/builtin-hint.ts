import { nearestName } from '../../protocol/nearest-name.ts';
import { BUILTIN_NAMES } from './command-words.ts';

/**
 * Asks whether a program that was not found was meant to be a built-in, which stands alone; an
 * empty text when nothing speaks for it.
 */
export function builtinHint(words: readonly string[]): string {
  const builtin = words.length === 1 ? nearestName(words[0] ?? '', BUILTIN_NAMES) : undefined;
  return builtin === undefined ? '' : `did you mean the built-in "${builtin}"?`;
}
