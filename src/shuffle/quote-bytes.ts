/** The bytes `[start, end)` in quotes for an error message: lossy, escaped, at most `maxBytes` of them. */
export function quoteBytes(bytes: Uint8Array, start: number, end: number, maxBytes = 80): string {
  const shown = Buffer.from(bytes.slice(start, Math.min(end, start + maxBytes))).toString('utf8');
  const cut = end - start > maxBytes ? ` and ${end - start - maxBytes} bytes more` : '';
  return `${JSON.stringify(shown)}${cut}`;
}
