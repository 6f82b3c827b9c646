/**
 * Text that a program or another machine made, safe for a terminal: control characters, which
 * could move the cursor or hide what follows, become `?`. TAB stays.
 */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what must not reach the terminal
  return text.replaceAll(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, '?');
}
