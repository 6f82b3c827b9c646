const LINE_FEED = 0x0a;

/** How many newlines are in these bytes. */
export function countNewlines(bytes: Uint8Array): number {
  let newlines = 0;
  // By index: an iterator costs several times as much.
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === LINE_FEED) newlines++;
  return newlines;
}
