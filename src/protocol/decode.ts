import { MESSAGE_TYPES, validatorOf } from '#validators';
import type { Direction, MessageOf } from './directions.ts';
import { MESSAGE_BYTES_MAX } from './limits.ts';
import type { ErrorCode } from './manager-replies.ts';
import { nearestName } from './nearest-name.ts';
import { describeValue, escapeControls, quote } from './quote.ts';
import { refusalOf } from './validate.ts';
import { PROTOCOL_VERSION } from './worker-messages.ts';

/** A message, or why the line is not one. */
export type Decoded<M> = { readonly ok: true; readonly message: M } | Refusal;

export interface Refusal {
  readonly ok: false;
  readonly code: ErrorCode;
  /** A sentence for the answer and the log; text from the peer in it is quoted and cut. */
  readonly reason: string;
  /** The document's `message_type` when it has one; a refused `error` must not be answered. */
  readonly messageType: string | undefined;
}

/**
 * Reads one document of a direction. Never throws; a message is a fresh object that fits its type,
 * whatever the peer sent. Of a name given twice the last value counts, as in `JSON.parse`.
 * @param line UTF-8 without its newline; a carriage return before it is white space
 */
export function decodeLine<D extends Direction>(
  line: Uint8Array | string,
  direction: D,
): Decoded<MessageOf<D>> {
  if (line.length > MESSAGE_BYTES_MAX) return tooLong();
  const parsed = parse(line);
  if (!parsed.ok) return parsed;
  const { value } = parsed;
  const messageType = typeOf(value);
  if (messageType === undefined) return refuse('bad_message', withoutType(value), undefined);
  const validate = validatorOf(direction, messageType);
  if (validate === undefined) return unknownType(messageType, direction);
  const otherVersion = otherVersionOf(messageType, value);
  if (otherVersion !== undefined) return refuse('version_mismatch', otherVersion, messageType);
  const refusal = refusalOf(messageType, validate, value);
  if (refusal !== undefined) return refuse('bad_message', refusal, messageType);
  // The validator of this type in this direction has just said so.
  const message = value as MessageOf<D>;
  return { ok: true, message };
}

/** The refusal of a line that was given up before its end. */
export function tooLong(): Refusal {
  const reason = `The document is longer than ${String(MESSAGE_BYTES_MAX)} bytes`;
  return refuse('too_long', reason, undefined);
}

function refuse(code: ErrorCode, reason: string, messageType: string | undefined): Refusal {
  return { ok: false, code, reason, messageType };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parse(line: Uint8Array | string): { ok: true; value: unknown } | Refusal {
  let text: string;
  try {
    text = typeof line === 'string' ? line : utf8.decode(line);
  } catch {
    return refuse('bad_json', 'The document is not UTF-8', undefined);
  }
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    const cause = error instanceof SyntaxError ? error.message : 'nested too deep';
    return refuse('bad_json', `Not a JSON document: ${escapeControls(cause)}`, undefined);
  }
}

function typeOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'message_type')) {
    return undefined;
  }
  const { message_type: name } = value as { readonly message_type: unknown };
  return typeof name === 'string' ? name : undefined;
}

function withoutType(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return `A message must be an object, got ${describeValue(value)}`;
  }
  if (!Object.hasOwn(value, 'message_type')) return 'The message lacks field "message_type"';
  const { message_type: name } = value as { readonly message_type: unknown };
  return `Field "message_type" must be a text, got ${describeValue(name)}`;
}

function unknownType(messageType: string, direction: Direction): Refusal {
  const elsewhere = Object.values(MESSAGE_TYPES).some((types) => types.has(messageType));
  if (elsewhere) {
    const reason = `Message ${quote(messageType)} is not for ${RECEIVERS[direction]}`;
    return refuse('not_allowed', reason, messageType);
  }
  const nearest = nearestName(messageType, MESSAGE_TYPES[direction]);
  const hint = nearest === undefined ? '' : `; did you mean ${quote(nearest)}?`;
  return refuse('unknown_type', `Unknown message ${quote(messageType)}${hint}`, messageType);
}

const RECEIVERS: Readonly<Record<Direction, string>> = {
  from_client: 'the Manager from a client',
  from_worker: 'the Manager from a Worker',
  to_manager: 'the Manager',
  from_manager_to_client: 'a client',
  from_manager_to_worker: 'a Worker',
  heartbeat: 'UDP',
};

/**
 * Registrations are judged by version before anything else: those of another version may have other
 * fields, and the peer must learn the numbers rather than a field's name.
 */
function otherVersionOf(messageType: string, value: unknown): string | undefined {
  if (messageType !== 'register' && messageType !== 'register_ack') return undefined;
  const { protocol_version: version } = value as { readonly protocol_version?: unknown };
  if (typeof version !== 'number' || version === PROTOCOL_VERSION) return undefined;
  const [we, they] = messageType === 'register' ? ['Manager', 'Worker'] : ['Worker', 'Manager'];
  return `This ${we} speaks protocol version ${String(PROTOCOL_VERSION)}, the ${they} ${String(version)}`;
}
