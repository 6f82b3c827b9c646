import { clientSchemas } from './client-schemas.ts';
import type { Direction } from './directions.ts';
import { orderSchemas } from './order-schemas.ts';
import { errorSchema, replySchemas } from './reply-schemas.ts';
import type { Schema } from './schema.ts';
import { workerSchemas } from './worker-schemas.ts';

/** One schema per message type of a union: a missing, surplus or ill-fitting one does not compile. */
export type SchemasOf<M extends { readonly message_type: string }> = {
  readonly [T in M['message_type']]: Schema<Extract<M, { readonly message_type: T }>>;
};

/** A table by message type, without the types. */
export type SchemaTable = ReadonlyMap<string, Schema<never>>;

/**
 * What may travel in each direction. `error` is legal in all of them but UDP's, which is a
 * one-way street.
 */
export const SCHEMAS: Readonly<Record<Direction, SchemaTable>> = {
  from_client: table(clientSchemas, { error: errorSchema }),
  from_worker: table(workerSchemas, { error: errorSchema }),
  to_manager: table(clientSchemas, workerSchemas, { error: errorSchema }),
  from_manager_to_client: table(replySchemas),
  from_manager_to_worker: table(orderSchemas, { error: errorSchema }),
  heartbeat: table({ heartbeat: workerSchemas.heartbeat }),
};

function table(...sources: readonly object[]): SchemaTable {
  return new Map(sources.flatMap((source) => Object.entries<Schema<never>>({ ...source })));
}
