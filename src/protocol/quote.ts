const SHOWN_CHARS = 60;

/**
 * Text from a peer, made safe for a log or an answer: quoted, cut short, control characters
 * escaped (a terminal must not obey what a stranger sent).
 */
export function quote(text: string, shownChars = SHOWN_CHARS): string {
  const shown = text.length > shownChars ? `${text.slice(0, shownChars)}…` : text;
  return escapeControls(JSON.stringify(shown));
}

/** Escapes control characters, line ends and what turns the direction of writing around. */
export function escapeControls(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A JSON value in a few words; never longer than a line, whatever the value's depth. */
export function describeValue(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `a list of ${String(value.length)}`;
  if (typeof value === 'object') return 'an object';
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'nothing';
}
