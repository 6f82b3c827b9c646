import type { ErrorObject } from 'ajv';
import type { Direction } from './directions.ts';

/** Checks a value in place; `errors` are those of its last call. */
export interface Validator {
  (value: unknown): boolean;
  readonly errors?: readonly ErrorObject[] | null;
}

/** What may travel in each direction. */
export const MESSAGE_TYPES: Readonly<Record<Direction, ReadonlySet<string>>>;

/**
 * The validator of a message, undefined when the direction has none of that type. Those of a
 * direction are loaded with its first message, a client's each with the first of its type.
 */
export function validatorOf(direction: Direction, messageType: string): Validator | undefined;
