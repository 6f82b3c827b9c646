import { partitionOf } from '../../src/shuffle/hash.ts';

/** One record as the contract has it; no value at all is not the same as an empty one. */
export interface PlainRecord {
  readonly key: Buffer;
  readonly value: Buffer | undefined;
}

/** Cuts bytes into records the slow and obvious way. */
export function plainRecords(output: Uint8Array, separator = 9, keyFields = 1): PlainRecord[] {
  const records: PlainRecord[] = [];
  let rest = Buffer.from(output);
  while (rest.length > 0) {
    const newline = rest.indexOf(10);
    const line = newline < 0 ? rest : rest.subarray(0, newline);
    rest = newline < 0 ? Buffer.alloc(0) : rest.subarray(newline + 1);
    let cut = -1;
    for (let field = 0; field < keyFields; field++) {
      cut = line.indexOf(separator, cut + 1);
      if (cut < 0) break;
    }
    records.push(
      cut < 0
        ? { key: line, value: undefined }
        : { key: line.subarray(0, cut), value: line.subarray(cut + 1) },
    );
  }
  return records;
}

/** The records of a partition, sorted by key, stable. */
export function plainPartition(
  records: readonly PlainRecord[],
  partition: number,
  partitions: number,
): PlainRecord[] {
  return records
    .filter(({ key }) => partitionOf(key, 0, key.length, partitions) === partition)
    .toSorted((a, b) => Buffer.compare(a.key, b.key));
}

export function plainLines(records: readonly PlainRecord[], separator = 9): Buffer {
  const pieces = records.flatMap(({ key, value }) =>
    value === undefined ? [key, Buffer.of(10)] : [key, Buffer.of(separator), value, Buffer.of(10)],
  );
  return Buffer.concat(pieces);
}
