import type { AttemptRef } from '../../protocol/ids.ts';
import type { Heartbeat, WorkerMessage } from '../../protocol/worker-messages.ts';
import type { LogLevel } from '../../runtime/log-level.ts';
import type { TaskOrderMessage } from '../tasks/task-result.ts';
import type { ConnectionId } from './events.ts';

/** Everything the Worker's core can ask for. Each outcome comes back as an event. */
export type WorkerCommand =
  /** Open a connection to the Manager: `connected` or `disconnected`. */
  | { readonly type: 'connect'; readonly connection: ConnectionId }
  /** Drop a connection at once; no event follows. */
  | { readonly type: 'disconnect'; readonly connection: ConnectionId; readonly reason: string }
  | {
      readonly type: 'send';
      readonly connection: ConnectionId;
      readonly message: WorkerMessage;
    }
  /** By UDP; nobody answers. */
  | { readonly type: 'send_datagram'; readonly message: Heartbeat }
  /** Read the token in `<sharedDirectory>/cluster.json`: `token_read`. */
  | {
      readonly type: 'read_token';
      readonly connection: ConnectionId;
      readonly sharedDirectory: string;
    }
  /** Run an attempt in a free slot: `slot` events, the last one `ended`. */
  | { readonly type: 'run'; readonly slot: number; readonly order: TaskOrderMessage }
  /** Kill what an attempt runs; its slot then says `ended`. */
  | { readonly type: 'kill'; readonly attempt: AttemptRef; readonly reason: string }
  | { readonly type: 'log'; readonly level: LogLevel; readonly message: string }
  /** Flush what was sent, kill what still runs, clean up and end. Nothing follows it. */
  | { readonly type: 'exit'; readonly code: number };
