import type { AttemptRef } from '../../protocol/ids.ts';
import type { ManagerOrder } from '../../protocol/manager-orders.ts';
import type { ErrorCode } from '../../protocol/manager-replies.ts';
import type { TokenResult } from './directory-problem.ts';
import type { SlotEvent } from '../tasks/task-result.ts';

/** A try at reaching the Manager, numbered by the core; never reused. */
export type ConnectionId = number;

/** Everything that can happen to a Worker. */
export type WorkerEvent =
  | { readonly type: 'tick' }
  /** The process itself stood still for so long: the Manager is not to blame for its silence. */
  | { readonly type: 'paused'; readonly pauseMs: number }
  /** Outcomes of `connect`; `disconnected` also ends a connection that was there. */
  | { readonly type: 'connected'; readonly connection: ConnectionId }
  | {
      readonly type: 'disconnected';
      readonly connection: ConnectionId;
      /** In words: `connection refused`. */
      readonly reason: string;
    }
  | {
      readonly type: 'order';
      readonly connection: ConnectionId;
      readonly order: ManagerOrder;
    }
  /** The Manager answered with an `error`. */
  | {
      readonly type: 'refused';
      readonly connection: ConnectionId;
      readonly code: ErrorCode;
      readonly message: string;
    }
  /** Outcome of `read_token`: the token, or why there is none. */
  | {
      readonly type: 'token_read';
      readonly connection: ConnectionId;
      readonly result: TokenResult;
    }
  /** What a slot tells of the attempt that it runs. */
  | {
      readonly type: 'slot';
      readonly slot: number;
      readonly attempt: AttemptRef;
      readonly event: SlotEvent;
    }
  /** SIGTERM or SIGINT; the second one is in a hurry. */
  | { readonly type: 'stop_requested' };
