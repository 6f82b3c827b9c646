/**
 * Muster's wire protocol: message types, job specifications, names of jobs and tasks, and how a
 * document becomes a message and back. README.md beside this file documents every message.
 */
export type * from './client-messages.ts';
export type * from './job-report.ts';
export type * from './manager-orders.ts';
export type * from './manager-replies.ts';
export * from './worker-messages.ts';
export * from './job-spec.ts';
export * from './ids.ts';
export * from './job-layout.ts';
export * from './limits.ts';
export { type Decoded, decodeLine, type Refusal } from './decode.ts';
export {
  type AnswerOf,
  type Direction,
  isWorkerMessage,
  type Message,
  type MessageOf,
  roleOf,
} from './directions.ts';
export { encodeLine, MessageTooLongError } from './encode.ts';
export { LineSplitter, type SplitLine } from './line-splitter.ts';
