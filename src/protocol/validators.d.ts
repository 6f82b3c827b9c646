import type { ErrorObject } from 'ajv';
import type { Direction } from './directions.ts';

/** Checks a value in place; `errors` are those of its last call. */
export interface Validator {
  (value: unknown): boolean;
  readonly errors?: readonly ErrorObject[] | null;
}

/** What `npm run build` writes to `dist/protocol/validators.js`: one validator per message type. */
export const VALIDATORS: Readonly<Record<Direction, ReadonlyMap<string, Validator>>>;
