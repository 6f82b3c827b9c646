const LINE_FEED = 0x0a;

/** How many newlines are in these bytes. */
export function countNewlines(bytes: Uint8Array): number {
  let newlines = 0;
  for (const byte of bytes) if (byte === LINE_FEED) newlines++;
  return newlines;
}
