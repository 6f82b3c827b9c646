import type { Message } from './directions.ts';
import { MESSAGE_BYTES_MAX } from './limits.ts';

/** A message that no receiver would take: a bug of the sender, who must cut or page it. */
export class MessageTooLongError extends Error {
  override readonly name = 'MessageTooLongError';
  readonly messageType: string;
  readonly bytes: number;

  constructor(messageType: string, bytes: number) {
    const limit = String(MESSAGE_BYTES_MAX);
    super(`Cannot send message "${messageType}": ${String(bytes)} bytes, the limit is ${limit}`);
    this.messageType = messageType;
    this.bytes = bytes;
  }
}

const utf8 = new TextEncoder();

/**
 * One line: the message as JSON in UTF-8, with its newline.
 * @throws {MessageTooLongError} over {@link MESSAGE_BYTES_MAX} bytes without the newline
 */
export function encodeLine(message: Message): Uint8Array {
  return utf8.encode(lineOf(message));
}

/**
 * The same line before it is UTF-8: whoever sends several at once turns them into bytes together.
 * @param common what many messages repeat: fields that `message` lacks, in an object that is the same
 *   for all of them and does not change
 * @throws {MessageTooLongError} over {@link MESSAGE_BYTES_MAX} bytes without the newline
 */
export function lineOf(message: { readonly message_type: string }, common?: object): string {
  const own = JSON.stringify(message);
  const line = common === undefined ? `${own}\n` : `${headOf(common)}${own.slice(1)}\n`;
  // Most are so short that they fit however many bytes each character takes.
  if (line.length * UTF8_BYTES_MAX <= MESSAGE_BYTES_MAX) return line;
  const bytes = utf8.encode(line).length - 1;
  if (bytes > MESSAGE_BYTES_MAX) throw new MessageTooLongError(message.message_type, bytes);
  return line;
}

/** Of one UTF-16 code unit. */
const UTF8_BYTES_MAX = 3;

/** JSON of what messages repeat, up to where their own part goes on. */
const heads = new WeakMap<object, string>();

function headOf(common: object): string {
  const known = heads.get(common);
  if (known !== undefined) return known;
  const head = `${JSON.stringify(common).slice(0, -1)},`;
  heads.set(common, head);
  return head;
}
