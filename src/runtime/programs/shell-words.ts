/** What ends a word in a shell, quoted or not: words inside quotes may be commands themselves. */
const LOOSE_SEPARATORS = /[\s|&;<>(){}$`=!'"\\]+/;
/** The same outside quotes only. */
const SEPARATORS = '|&;<>(){}$`=!';

/**
 * All that may be the name of a file in a line for a shell, each once: its words with quotes
 * removed, and, more generously, every stretch between characters that mean something to a shell,
 * as in `"$(cat list)"` and `sh -c 'python3 map.py'`. Never fails, whatever the line is: which of
 * them are files shows on the disk.
 */
export function shellWords(line: string): readonly string[] {
  const loose = line.split(LOOSE_SEPARATORS);
  return [...new Set([...quotedWords(line), ...loose])].filter((word) => word !== '');
}

function quotedWords(line: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (character === '\\' && quote !== "'") word += line.charAt(++at);
    else if (quote !== '') {
      if (character === quote) quote = '';
      else word += character;
    } else if (character === "'" || character === '"') quote = character;
    else if (SEPARATORS.includes(character) || /\s/.test(character)) {
      words.push(word);
      word = '';
    } else word += character;
  }
  words.push(word);
  return words;
}
