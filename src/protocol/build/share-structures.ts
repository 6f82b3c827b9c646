import { assert } from '../../runtime/assert.ts';
import type { JsonSchema } from '../schema.ts';
import type { SchemaTable } from '../schemas.ts';

type Schemas = ReadonlyMap<string, JsonSchema>;

/** Schemas of messages by type, and the structures that these refer to by name. */
export interface SharedSchemas {
  readonly messages: Schemas;
  readonly structures: Schemas;
}

/**
 * Takes out the structures that messages share, by their `title`: ajv then writes one function for
 * each, where it would repeat its code in every message that has one.
 */
export function shareStructures(table: SchemaTable): SharedSchemas {
  const structures = new Map<string, JsonSchema>();
  const share = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(share);
    if (typeof part !== 'object' || part === null) return part;
    const entries = Object.entries(part).map(([keyword, value]) => [keyword, share(value)]);
    const schema: JsonSchema = Object.fromEntries(entries);
    if (typeof schema.title !== 'string') return schema;
    const name = schema.nullable === true ? `${schema.title}OrNull` : schema.title;
    const known = structures.get(name);
    const same = known === undefined || JSON.stringify(known) === JSON.stringify(schema);
    assert(same, `two structures are called ${name}`);
    structures.set(name, schema);
    return { $ref: name };
  };
  const messages = [...table].map(([type, { json }]) => [type, share(json) as JsonSchema] as const);
  return { messages: new Map(messages), structures };
}
