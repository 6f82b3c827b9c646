/**
 * What a job wrote, a line a string. Bytes are latin1 characters, so that any two different lines
 * are different strings.
 */
export type Lines = readonly string[];

/** Lines that one of two outputs has and the other has not, or has less often. */
export interface LineDifference {
  /** Sorted; a line stands there as often as it is too many. */
  readonly onlyFirst: Lines;
  readonly onlySecond: Lines;
}

/** Text as lines; a last line without a newline is a line. */
export function splitLines(text: string): Lines {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/**
 * Compares two outputs as multisets: how keys meet partitions, and which part comes first, is no
 * difference.
 * @returns undefined when they are equal
 */
export function differenceOf(first: Lines, second: Lines): LineDifference | undefined {
  const surplus = new Map<string, number>();
  for (const line of first) surplus.set(line, (surplus.get(line) ?? 0) + 1);
  for (const line of second) surplus.set(line, (surplus.get(line) ?? 0) - 1);
  const onlyFirst: string[] = [];
  const onlySecond: string[] = [];
  for (const [line, count] of surplus) {
    const into = count > 0 ? onlyFirst : onlySecond;
    for (let left = Math.abs(count); left > 0; left -= 1) into.push(line);
  }
  if (onlyFirst.length === 0 && onlySecond.length === 0) return undefined;
  return { onlyFirst: onlyFirst.toSorted(), onlySecond: onlySecond.toSorted() };
}

/** How two outputs differ, where that says what is behind it. */
export type DifferenceKind =
  /** Line by line only decimal numbers differ, and those by less than a billionth. */
  | 'rounding'
  /** Line by line the same words stand in another order. */
  | 'order_in_line'
  | 'other';

export function kindOfDifference({ onlyFirst, onlySecond }: LineDifference): DifferenceKind {
  if (onlyFirst.length !== onlySecond.length) return 'other';
  if (pairsAre(onlyFirst, onlySecond, differByRounding)) return 'rounding';
  return pairsAre(onlyFirst, onlySecond, haveSameWords) ? 'order_in_line' : 'other';
}

const NUMBER = /[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?/g;
/** Far above what the order of additions changes, far below what a wrong formula does. */
const ROUNDING_MAX = 1e-9;

/** Sorted lists of the same length: what belongs together mostly stands at the same place. */
function pairsAre(
  first: Lines,
  second: Lines,
  alike: (first: string, second: string) => boolean,
): boolean {
  return first.every((line, index) => alike(line, second[index] ?? ''));
}

function differByRounding(first: string, second: string): boolean {
  if (first.replaceAll(NUMBER, '0') !== second.replaceAll(NUMBER, '0')) return false;
  const others = second.match(NUMBER) ?? [];
  return (first.match(NUMBER) ?? []).every((text, index) => {
    const other = others[index] ?? '';
    // Whole numbers are exact: a difference of one is a difference.
    return text === other || (!(isWhole(text) && isWhole(other)) && areClose(+text, +other));
  });
}

function isWhole(text: string): boolean {
  return /^[-+]?\d+$/.test(text);
}

function areClose(first: number, second: number): boolean {
  const scale = Math.max(Math.abs(first), Math.abs(second), 1e-300);
  return Math.abs(first - second) / scale <= ROUNDING_MAX;
}

function haveSameWords(first: string, second: string): boolean {
  return wordsOf(first) === wordsOf(second);
}

function wordsOf(line: string): string {
  return line
    .split(/[\s,;:|[\](){}"']+/)
    .filter((word) => word !== '')
    .toSorted()
    .join('\n');
}
