import type { FoldFactory } from '../../../src/shuffle/folds/fold.ts';
import type { ValueSink } from '../../../src/shuffle/group-cursor.ts';
import { TAB } from '../../../src/shuffle/record-shape.ts';

/** A value of a key, one character a byte; null for a record without a value. */
export type Value = string | null;

/** What a fold makes of the values of one key. */
export function foldValues(makeFold: FoldFactory, values: readonly Value[]): readonly Value[] {
  const results: Value[] = [];
  const give = (value: Value, times: number): void => {
    for (let time = 0; time < times; time++) results.push(value);
  };
  const sink: ValueSink = {
    value: (bytes, start, end, times) => {
      give(Buffer.from(bytes).toString('latin1', start, end), times);
    },
    bare: (times) => {
      give(null, times);
    },
  };
  const fold = makeFold(sink, TAB);
  // Another key before: nothing of it may be left.
  for (const some of [['5', '77'], values]) {
    results.length = 0;
    fold.begin(Buffer.from('-the key-'), 1, 8);
    for (const { value, times } of inARow(some)) addValue(fold, value, times);
    fold.finish();
  }
  return results;
}

function addValue(fold: ReturnType<FoldFactory>, value: Value, times: number): void {
  if (value === null) {
    fold.addBare(times);
    return;
  }
  const bytes = Buffer.from(`(${value})`, 'latin1');
  fold.add(bytes, 1, bytes.length - 1, times);
  // The bytes are only lent.
  bytes.fill(0xff);
}

/** Equal values in a row come at once. */
function inARow(values: readonly Value[]): readonly { value: Value; times: number }[] {
  const items: { value: Value; times: number }[] = [];
  for (const value of values) {
    const last = items.at(-1);
    if (last?.value === value) last.times++;
    else items.push({ value, times: 1 });
  }
  return items;
}

/** Values as a job with sorted values reads them. */
export function sortedValues(values: readonly Value[]): readonly Value[] {
  return values.toSorted((a, b) => {
    if (a === null || b === null) return Number(b === null) - Number(a === null);
    return Buffer.compare(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'));
  });
}
