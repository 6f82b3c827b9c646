import { Ajv, type ValidateFunction } from 'ajv';
import { explainRefusal } from './explain-refusal.ts';
import type { Schema } from './schema.ts';

/**
 * ajv as it is safe for strangers' input: nothing is coerced, filled in or removed, inherited names
 * do not count as fields, and the first fault ends the work. `verbose` only hands the value and the
 * schema to the explanation. The schemas themselves are ours and checked by a test, not at start-up.
 */
const ajv = new Ajv({
  strict: true,
  ownProperties: true,
  discriminator: true,
  verbose: true,
  meta: false,
  validateSchema: false,
  addUsedSchema: false,
});

/** Compiling costs about a millisecond a schema, so each waits for the first message of its type. */
const compiled = new Map<Schema<never>, ValidateFunction>();

/** Why `value` is not a message of this type, in a sentence; undefined when it is one. */
export function refusalOf(
  messageType: string,
  schema: Schema<never>,
  value: unknown,
): string | undefined {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    validate = ajv.compile(schema.json);
    compiled.set(schema, validate);
  }
  if (validate(value)) return undefined;
  // Of the errors of an `anyOf` or `propertyNames` the last one is the whole's.
  const error = validate.errors?.at(-1);
  return error === undefined ? 'Message is refused' : explainRefusal(messageType, error);
}
