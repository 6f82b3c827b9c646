import type { Arena } from '../../shuffle/arena.ts';
import type { RunMemory } from '../../shuffle/run-memory.ts';
import type { Environment } from '../program/environment.ts';
import type { ProgramHost } from '../program/run-program.ts';

/** What a slot keeps from attempt to attempt. */
export interface SlotContext {
  /** The slot's private directory on the local disk. */
  readonly directory: string;
  readonly workerId: string;
  readonly sortBufferBytes: number;
  /** The slot's big memory. */
  readonly arena: Arena;
  readonly runMemory: RunMemory;
  /** Where input is read to. */
  readonly readBuffer: Uint8Array;
  readonly host: ProgramHost;
  readonly guardNonce: string;
  /** The Worker's own environment. */
  readonly environment: Environment;
}
