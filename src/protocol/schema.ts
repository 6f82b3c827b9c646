import { LIST_ITEMS_MAX } from './limits.ts';

/**
 * JSON schemas that know the TypeScript type that they check.
 *
 * `T` is invariant: a schema that is wider or narrower than the field it stands for does not
 * compile, nor does an object schema that lacks a field. Every object is closed, every text, list
 * and integer bounded, every pattern anchored (ajv is lenient where a schema is silent).
 */
export interface Schema<T> {
  /** The JSON schema, for ajv. */
  readonly json: JsonSchema;
  /** Never there: holds `T` for the compiler. */
  readonly checks?: (value: T) => T;
}

/** `title` names a shared structure, `description` says in words what a value must be. */
export interface JsonSchema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly nullable?: true;
  readonly additionalProperties?: false | JsonSchema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly propertyNames?: JsonSchema;
  readonly [keyword: string]: unknown;
}

/** A field that may be left out. */
export interface Optional<T> {
  readonly optional: Schema<T>;
}

/** Fields seen without `T`, which the compiler cannot enumerate. */
type AnyFields = Readonly<Record<string, Schema<never> | Optional<never>>>;

/** One schema per field of `T`, marked optional exactly where the field is. */
export type Fields<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K>
    ? Optional<Exclude<T[K], undefined>>
    : Schema<T[K]>;
};

/** Marks a field that may be left out. */
export function optional<T>(schema: Schema<T>): Optional<T> {
  return { optional: schema };
}

/**
 * A closed object. `T` comes from where the schema is used, never from the fields.
 * @param title names a structure that several messages share
 */
export function object<T>(fields: Fields<NoInfer<T>>, title?: string): Schema<T> {
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const [name, field] of Object.entries(fields as unknown as AnyFields)) {
    if ('optional' in field) {
      properties[name] = field.optional.json;
    } else {
      properties[name] = field.json;
      required.push(name);
    }
  }
  const named = title === undefined ? {} : { title };
  return { json: { type: 'object', ...named, additionalProperties: false, required, properties } };
}

/** One of several closed objects, told apart by the literal in their field `tag`. */
export function variants<T extends Record<Tag, string>, Tag extends string>(
  tag: Tag,
  cases: { readonly [K in T[Tag]]: Schema<Extract<T, Record<Tag, K>>> },
  title: string,
): Schema<T> {
  return {
    json: {
      type: 'object',
      title,
      discriminator: { propertyName: tag },
      oneOf: Object.values<{ readonly json: JsonSchema }>(cases).map(({ json }) => json),
    },
  };
}

/** A text of `min` to `max` characters, of one line or more. */
export function text(max: number, min = 0): Schema<string> {
  return { json: { type: 'string', minLength: min, maxLength: max } };
}

/** A text that a pattern describes whole; `description` completes "must be …". */
export function pattern(source: RegExp, max: number, description: string): Schema<string> {
  const anchored = source.source.startsWith('^') && source.source.endsWith('$');
  if (!anchored) throw new TypeError(`pattern ${source.source} is not anchored`);
  return { json: { type: 'string', maxLength: max, pattern: source.source, description } };
}

/** A safe integer of `min` to `max`. */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER): Schema<number> {
  return { json: { type: 'integer', minimum: min, maximum: max } };
}

/** A finite number of `min` to `max`, fractions allowed: measured times, inode numbers. */
export function real(min: number, max: number): Schema<number> {
  return { json: { type: 'number', minimum: min, maximum: max } };
}

export function flag(): Schema<boolean> {
  return { json: { type: 'boolean' } };
}

/** Exactly this value. */
export function literal<const T extends string | number>(value: T): Schema<T> {
  return { json: { type: typeof value === 'string' ? 'string' : 'integer', const: value } };
}

/** One of these words. */
export function oneOf<const T extends string>(...values: readonly T[]): Schema<T> {
  return { json: { type: 'string', enum: values } };
}

/** What `schema` takes, or null. */
export function nullable<T>(schema: Schema<T>): Schema<T | null> {
  const { enum: words, ...rest } = schema.json;
  const withNull = Array.isArray(words) ? { enum: [...(words as unknown[]), null] } : {};
  return { json: { ...rest, ...withNull, nullable: true } };
}

export function listOf<T>(items: Schema<T>, max = LIST_ITEMS_MAX): Schema<readonly T[]> {
  return { json: { type: 'array', maxItems: max, items: items.json } };
}

/** An object with names of the user's choice; `__proto__` is never one of them. */
export function recordOf<T>(
  names: Schema<string>,
  values: Schema<T>,
  max: number,
): Schema<Readonly<Record<string, T>>> {
  return {
    json: {
      type: 'object',
      maxProperties: max,
      propertyNames: { ...names.json, not: { type: 'string', const: '__proto__' } },
      additionalProperties: values.json,
    },
  };
}

/** Takes what either schema takes; `description` completes "must be …". */
export function either<A, B>(a: Schema<A>, b: Schema<B>, description: string): Schema<A | B> {
  return { json: { description, anyOf: [a.json, b.json] } };
}
