import type { Validator } from '#validators';
import { explainRefusal } from './explain-refusal.ts';

/** Why `value` is not a message of this type, in a sentence; undefined when it is one. */
export function refusalOf(
  messageType: string,
  validate: Validator,
  value: unknown,
): string | undefined {
  if (validate(value)) return undefined;
  // Of the errors of an `anyOf` or `propertyNames` the last one is the whole's.
  const error = validate.errors?.at(-1);
  return error === undefined ? 'Message is refused' : explainRefusal(messageType, error);
}
