import { Ajv } from 'ajv';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { CancelJob, ListJobs } from '../../src/protocol/client-messages.ts';
import {
  integer,
  literal,
  nullable,
  object,
  optional,
  pattern,
  type Schema,
  text,
} from '../../src/protocol/schema.ts';
import { SCHEMAS, type SchemasOf } from '../../src/protocol/schemas.ts';

const all = Object.values(SCHEMAS).flatMap((table) => [...table]);

describe('every schema', () => {
  test('compiles under all of ajv’s checks', () => {
    const ajv = new Ajv({ strict: true, ownProperties: true, discriminator: true });
    for (const [, schema] of all) expect(() => ajv.compile(schema.json)).not.toThrow();
  });

  test('is closed, typed and bounded at any depth', () => {
    for (const [name, schema] of all)
      expect({ name, loose: looseParts(schema.json) }).toEqual({ name, loose: [] });
  });

  test('pins its own message type', () => {
    for (const [name, schema] of all) {
      expect(schema.json.properties?.['message_type']).toEqual({ type: 'string', const: name });
    }
  });
});

describe('a schema that does not fit its message does not compile', () => {
  // Each line below would be an error of the compiler but for its comment, and the type check
  // complains about a comment that is not needed.
  const job = nullable(text(10));
  const fits: Schema<CancelJob> = object({
    message_type: literal('cancel_job'),
    job,
    cancelled_by: optional(text(10)),
  });

  test('when a field is missing, of another type, or optional where it must not be', () => {
    // @ts-expect-error the field `job` is missing
    const missing: Schema<CancelJob> = object({
      message_type: literal('cancel_job'),
      cancelled_by: optional(text(10)),
    });
    const other: Schema<CancelJob> = object({
      message_type: literal('cancel_job'),
      // @ts-expect-error the field is not a number
      job: integer(0),
      cancelled_by: optional(text(10)),
    });
    const notNull: Schema<CancelJob> = object({
      message_type: literal('cancel_job'),
      // @ts-expect-error null is to be taken too
      job: text(10),
      cancelled_by: optional(text(10)),
    });
    const required: Schema<CancelJob> = object({
      message_type: literal('cancel_job'),
      job,
      // @ts-expect-error the field may be left out
      cancelled_by: text(10),
    });
    const surplus: Schema<CancelJob> = object({
      message_type: literal('cancel_job'),
      job,
      cancelled_by: optional(text(10)),
      // @ts-expect-error no such field
      force: optional(text(10)),
    });
    expect([fits, missing, other, notNull, required, surplus]).toHaveLength(6);
  });

  test('when a message has none', () => {
    // @ts-expect-error `list_jobs` has no schema
    const table: SchemasOf<CancelJob | ListJobs> = { cancel_job: fits };
    expectTypeOf(table).toEqualTypeOf<SchemasOf<CancelJob | ListJobs>>();
  });

  test('and an unanchored pattern is refused when the program starts', () => {
    expect(() => pattern(/[a-z]+/, 10, 'letters')).toThrow('not anchored');
  });
});

/** Places in a schema that would let something unforeseen through. */
function looseParts(schema: unknown, path = '#'): string[] {
  if (Array.isArray(schema)) return schema.flatMap((part, i) => looseParts(part, `${path}/${i}`));
  if (typeof schema !== 'object' || schema === null) return [];
  const json = schema as Record<string, unknown>;
  const bounds: Readonly<Record<string, readonly string[]>> = {
    string: ['maxLength', 'enum', 'const'],
    integer: ['maximum', 'const'],
    number: ['maximum'],
    array: ['maxItems'],
    object: ['maxProperties', 'additionalProperties', 'discriminator'],
    boolean: ['type'],
  };
  const loose: string[] = [];
  const isSchema = 'type' in json && typeof json['type'] === 'string' && json['type'] in bounds;
  if (isSchema && !bounds[String(json['type'])]?.some((keyword) => keyword in json))
    loose.push(path);
  for (const [keyword, part] of Object.entries(json)) {
    loose.push(...looseParts(part, `${path}/${keyword}`));
  }
  return loose;
}
