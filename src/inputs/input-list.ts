/**
 * A list of inputs as a file: each path or pattern in UTF-8, followed by a NUL, as
 * `find -print0` writes them. For more inputs than a message holds.
 */

/** The content of such a file. */
export function formatInputList(inputs: readonly string[]): Buffer {
  return Buffer.from(inputs.map((input) => `${input}\0`).join(''), 'utf8');
}

/** What {@link formatInputList} was given; undefined for any other content. */
export function parseInputList(content: Uint8Array): readonly string[] | undefined {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return undefined;
  }
  const inputs = text.split('\0');
  const rest = inputs.pop();
  return rest === '' && inputs.every((input) => input !== '') ? inputs : undefined;
}
