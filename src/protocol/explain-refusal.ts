import type { ErrorObject } from 'ajv';
import { nearestName } from './nearest-name.ts';
import { describeValue, quote } from './quote.ts';
import type { JsonSchema } from './schema.ts';

/** Says for people what ajv found wrong: `Field "slots" of "register" must be an integer, got "two"`. */
export function explainRefusal(messageType: string, error: ErrorObject): string {
  const place = placeOf(messageType, error.instancePath);
  const params: Readonly<Record<string, unknown>> = { ...error.params };
  switch (error.keyword) {
    case 'required':
      return `${place} lacks field ${quote(String(params['missingProperty']))}`;
    case 'additionalProperties':
      return `${place} has unknown field ${unknownField(error, params)}`;
    case 'propertyNames':
      return `${place} has a bad name ${quote(String(params['propertyName']))}${nameRule(error)}`;
    default:
      return `${place} must be ${expectation(error, params)}, got ${shownValue(error)}`;
  }
}

/** What the failed keyword asks for, as the words after "must be". */
function expectation(error: ErrorObject, params: Readonly<Record<string, unknown>>): string {
  const bound = BOUNDS_IN_WORDS[error.keyword];
  if (bound !== undefined) return bound.replace('#', String(params['limit']));
  const { description } = schemaOf(error);
  switch (error.keyword) {
    case 'type':
      return typeInWords(schemaOf(error));
    case 'enum':
      return `one of ${wordList(params['allowedValues'])}`;
    case 'const':
      return describeValue(params['allowedValue']);
    case 'discriminator':
      return `an object with a known ${quote(String(params['tag']))}`;
    default:
      return description ?? 'as the protocol says';
  }
}

const BOUNDS_IN_WORDS: Readonly<Record<string, string>> = {
  minimum: 'at least #',
  maximum: 'at most #',
  minLength: 'at least # characters long',
  maxLength: 'at most # characters long',
  maxItems: 'a list of at most #',
  maxProperties: 'an object of at most # fields',
};

function schemaOf(error: ErrorObject): JsonSchema {
  return error.parentSchema ?? {};
}

const TYPES_IN_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

function typeInWords(schema: JsonSchema): string {
  const words = schema.description ?? TYPES_IN_WORDS[schema.type ?? ''] ?? 'of another type';
  return schema.nullable === true ? `${words} or null` : words;
}

/** What a name of the user's choice must be; nothing where any text will do. */
function nameRule(error: ErrorObject): string {
  const rule = schemaOf(error).propertyNames?.description;
  return rule === undefined ? '' : `: it must be ${rule}`;
}

/** Long texts are told by their length. */
function shownValue(error: ErrorObject): string {
  const value: unknown = error.data;
  if (error.keyword === 'maxLength' && typeof value === 'string') return String(value.length);
  if (error.keyword === 'maxProperties') return 'more';
  return describeValue(value);
}

function unknownField(error: ErrorObject, params: Readonly<Record<string, unknown>>): string {
  const name = String(params['additionalProperty']);
  const known = schemaOf(error).properties ?? {};
  const nearest = nearestName(name, Object.keys(known));
  return nearest === undefined ? quote(name) : `${quote(name)}; did you mean ${quote(nearest)}?`;
}

/** `Message "register"`, or from ajv's JSON pointer `Field "attempts[2].state" of "register"`. */
function placeOf(messageType: string, pointer: string): string {
  if (pointer === '') return `Message ${quote(messageType)}`;
  const field = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step, index) => (/^\d+$/.test(step) ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
  return `Field ${quote(field, 100)} of ${quote(messageType)}`;
}

function wordList(values: unknown): string {
  return Array.isArray(values) ? values.map((value) => describeValue(value)).join(', ') : '';
}
