import { partitionOf } from '../../src/shuffle/hash.ts';

/** The rules of a job's records as the contract has them, written down without the product. */
export interface PlainRules {
  /** Bytes, as latin1. */
  readonly separator: string;
  readonly keyFields: number;
  readonly sortValues: boolean;
}

export const PLAIN_RULES: PlainRules = { separator: '\t', keyFields: 1, sortValues: false };

/** One record, as latin1; no value at all is not the same as an empty one. */
export interface PlainRecord {
  readonly key: string;
  readonly value: string | undefined;
}

/** Cuts bytes into records the slow and obvious way. */
export function plainRecords(output: Uint8Array, rules = PLAIN_RULES): PlainRecord[] {
  const lines = Buffer.from(output).toString('latin1').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => plainRecord(line, rules));
}

function plainRecord(line: string, { separator, keyFields }: PlainRules): PlainRecord {
  const fields = line.split(separator);
  if (keyFields === 0 || fields.length <= keyFields) return { key: line, value: undefined };
  return {
    key: fields.slice(0, keyFields).join(separator),
    value: fields.slice(keyFields).join(separator),
  };
}

/** The records of a partition, sorted by key, and stable or by value. */
export function plainPartition(
  records: readonly PlainRecord[],
  partition: number,
  partitions: number,
  rules = PLAIN_RULES,
): PlainRecord[] {
  const values = new Map<string, (string | undefined)[]>();
  for (const { key, value } of records) {
    const bytes = Buffer.from(key, 'latin1');
    if (partitionOf(bytes, partitions) !== partition) continue;
    const known = values.get(key);
    if (known === undefined) values.set(key, [value]);
    else known.push(value);
  }
  // JavaScript compares strings by code units, which in latin1 are the bytes.
  const keys = [...values.keys()].toSorted((a, b) => (a < b ? -1 : 1));
  return keys.flatMap((key) => {
    const list = values.get(key) ?? [];
    const ordered = rules.sortValues ? sortedValues(list) : list;
    return ordered.map((value) => ({ key, value }));
  });
}

/** Records without a value first, then by bytes. */
function sortedValues(values: readonly (string | undefined)[]): (string | undefined)[] {
  const there = values.filter((value) => value !== undefined);
  const bare = values.filter((value) => value === undefined);
  return [...bare, ...there.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))];
}

export function plainLines(records: readonly PlainRecord[], rules = PLAIN_RULES): Buffer {
  const lines = records.map(({ key, value }) =>
    value === undefined ? `${key}\n` : `${key}${rules.separator}${value}\n`,
  );
  return Buffer.from(lines.join(''), 'latin1');
}
