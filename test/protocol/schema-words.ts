import type { JsonSchema } from '../../src/protocol/schema.ts';
import type { DocumentedField } from './examples.ts';

/** A schema's fields as the README's tables list them. */
export function documentedFields(schema: JsonSchema): DocumentedField[] {
  if (Array.isArray(schema['oneOf'])) return variantFields(schema['oneOf'] as JsonSchema[]);
  return Object.entries(schema.properties ?? {}).map(([name, field]) => ({
    name,
    type: typeInWords(field) + (schema.required?.includes(name) === true ? '' : ', optional'),
  }));
}

/** Fields of a union by `kind`, each named with its kind. */
function variantFields(variants: readonly JsonSchema[]): DocumentedField[] {
  const kinds = variants.map((variant) => String(variant.properties?.['kind']?.['const']));
  const fields = variants.flatMap((variant, index) =>
    documentedFields(variant)
      .filter(({ name }) => name !== 'kind')
      .map(({ name, type }) => ({ name: `${kinds[index] ?? ''}.${name}`, type })),
  );
  return [{ name: 'kind', type: kinds.map((kind) => `\`"${kind}"\``).join(' or ') }, ...fields];
}

/** `integer, 1 to 10000 or null`, `list of Piece` */
function typeInWords(schema: JsonSchema): string {
  const words = schema.title ?? valueInWords(schema);
  return schema.nullable === true ? `${words} or null` : words;
}

function valueInWords(schema: JsonSchema): string {
  if ('const' in schema) return `\`${JSON.stringify(schema['const'])}\``;
  if (Array.isArray(schema['enum'])) {
    const words = (schema['enum'] as unknown[]).filter((word) => word !== null);
    return words.map((word) => `\`${JSON.stringify(word)}\``).join(' or ');
  }
  if (Array.isArray(schema['anyOf'])) {
    return (schema['anyOf'] as JsonSchema[]).map(typeInWords).join(' or ');
  }
  switch (schema.type) {
    case 'string':
      return 'text';
    case 'boolean':
      return 'true or false';
    case 'number':
      return 'number';
    case 'integer':
      return integerInWords(Number(schema['minimum']), Number(schema['maximum']));
    case 'array':
      return `list of ${typeInWords(schema['items'] as JsonSchema)}`;
    default:
      return `object of ${typeInWords(schema.additionalProperties as JsonSchema)}`;
  }
}

/** Upper bounds that are only there to have one are not worth a word. */
const LARGE = 1_000_000_000;

function integerInWords(min: number, max: number): string {
  return max >= LARGE ? `integer from ${String(min)}` : `integer, ${String(min)} to ${String(max)}`;
}

/** Every named structure in a schema, at any depth. */
export function structuresIn(schema: JsonSchema): Map<string, JsonSchema> {
  const found = new Map<string, JsonSchema>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { title } = value as JsonSchema;
    if (typeof title === 'string' && !found.has(title)) found.set(title, value as JsonSchema);
    for (const inner of Object.values(value)) visit(inner);
  };
  visit(schema);
  return found;
}
