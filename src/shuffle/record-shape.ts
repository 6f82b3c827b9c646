/** How a line is cut into key and value. */
export interface RecordShape {
  /** What stands between fields: one or more bytes, no line feed among them. */
  readonly separator: Uint8Array;
  /** How many fields make the key, with the separators between them; 0 for the whole line. */
  readonly keyFields: number;
}

export const TAB = Uint8Array.of(0x09);

/** Key before the first TAB, value after it. */
export const TAB_SEPARATED: RecordShape = { separator: TAB, keyFields: 1 };

/** The shape that users describe: a separator as text, and how many fields make the key. */
export function recordShape(separator: string, keyFields: number): RecordShape {
  return { separator: Buffer.from(separator, 'utf8'), keyFields };
}
