import type { SlotEvent, TaskOrderMessage } from './task-result.ts';

/** What a slot's thread is started with. */
export interface SlotThreadData {
  /** The slot's private directory; the thread makes it. */
  readonly directory: string;
  /** The slot's directory for FIFOs; the thread makes it. */
  readonly fifoDirectory: string;
  readonly workerId: string;
  readonly sortBufferBytes: number;
  readonly guardDescriptor: number;
  readonly guardNonce: string;
  /** {@link SharedGroups} */
  readonly groups: SharedArrayBuffer;
}

/** From the main thread to a slot's. */
export type SlotRequest =
  | { readonly type: 'run'; readonly order: TaskOrderMessage }
  /** Kill what runs now, if anything does. */
  | { readonly type: 'kill' }
  /** Kill what runs now, clean up and end. */
  | { readonly type: 'close' };

/** From a slot's thread: its attempt's events. */
export type SlotAnswer = SlotEvent;
