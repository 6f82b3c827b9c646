import type { Direction } from '../directions.ts';
import type { ErrorCode } from '../manager-replies.ts';
import type { Timers } from './timers.ts';

/** Directions that travel by TCP. */
export type TcpDirection = Exclude<Direction, 'heartbeat'>;

/** A document that was refused, for the log. `reason` is safe to print. */
export interface BadDocument {
  readonly peer: string;
  readonly code: ErrorCode | 'http' | 'unfinished';
  readonly reason: string;
}

/** Why a connection is over. */
export interface CloseReason {
  /**
   * `closed`: by this side. `ended`: by the peer, in order. `failed`: the network or the peer's
   * death. `refused`: the peer broke the protocol or its limits.
   */
  readonly code: 'closed' | 'ended' | 'failed' | 'refused';
  readonly text: string;
}

export interface ConnectionOptions<D extends TcpDirection> {
  /** What the peer may send. */
  readonly direction: D;
  readonly onBadDocument?: ((bad: BadDocument) => void) | undefined;
  readonly timers?: Timers | undefined;
  /** A peer that sends no valid document within this time is closed; 0 (the default) is never. */
  readonly firstDocumentTimeoutMs?: number | undefined;
}

/** Whether this end is the Manager's. */
export function isManagersEnd(direction: TcpDirection): boolean {
  return direction === 'to_manager' || direction === 'from_client' || direction === 'from_worker';
}
