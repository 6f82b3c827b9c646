import type { ClientMessage } from './client-messages.ts';
import type { ManagerOrder } from './manager-orders.ts';
import type { ErrorMessage, ManagerReply } from './manager-replies.ts';
import type { Heartbeat, WorkerMessage } from './worker-messages.ts';

/** Who speaks to whom; `to_manager` is the Manager's port, where clients and Workers both call. */
export type Direction =
  | 'from_client'
  | 'from_worker'
  | 'to_manager'
  | 'from_manager_to_client'
  | 'from_manager_to_worker'
  | 'heartbeat';

/** What a direction carries. */
export interface DirectionMessages {
  readonly from_client: ClientMessage | ErrorMessage;
  readonly from_worker: WorkerMessage | ErrorMessage;
  readonly to_manager: ClientMessage | WorkerMessage | ErrorMessage;
  readonly from_manager_to_client: ManagerReply;
  readonly from_manager_to_worker: ManagerOrder | ErrorMessage;
  readonly heartbeat: Heartbeat;
}

export type MessageOf<D extends Direction> = DirectionMessages[D];

/** Any message of any direction. */
export type Message = MessageOf<Direction>;

/** What the receiving end of direction `D` sends back. */
export interface AnswerTo {
  readonly from_client: ManagerReply;
  readonly from_worker: ManagerOrder | ErrorMessage;
  readonly to_manager: ManagerReply | ManagerOrder;
  readonly from_manager_to_client: ClientMessage | ErrorMessage;
  readonly from_manager_to_worker: WorkerMessage | ErrorMessage;
  readonly heartbeat: never;
}

export type AnswerOf<D extends Direction> = AnswerTo[D];

const WORKER_TYPES: Readonly<Record<WorkerMessage['message_type'], true>> = {
  register: true,
  ready: true,
  started: true,
  progress: true,
  finished: true,
  failed: true,
  returned: true,
  goodbye: true,
  heartbeat: true,
};

/** Whether a message to the Manager is a Worker's. */
export function isWorkerMessage(
  message: ClientMessage | WorkerMessage | ErrorMessage,
): message is WorkerMessage {
  return Object.hasOwn(WORKER_TYPES, message.message_type);
}

/** Who may send this message to the Manager. `error` says nothing about its sender. */
export function roleOf(message: ClientMessage | WorkerMessage): 'client' | 'worker' {
  return isWorkerMessage(message) ? 'worker' : 'client';
}
