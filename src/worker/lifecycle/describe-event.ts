import { attemptKey } from '../../protocol/ids.ts';
import type { ManagerOrder } from '../../protocol/manager-orders.ts';
import type { LogLevel } from '../../runtime/log-level.ts';
import type { SlotEvent } from '../tasks/task-result.ts';
import type { WorkerEvent } from './events.ts';

/** One line of the log. */
export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
}

/** `event order new_map_task job-0007/map-00012.2`; what comes all the time is `debug`. */
export function describeEvent(event: WorkerEvent): LogLine {
  switch (event.type) {
    case 'tick':
      return { level: 'debug', message: 'event tick' };
    case 'paused':
      return { level: 'warn', message: `event paused ${String(Math.round(event.pauseMs))} ms` };
    case 'connected':
      return { level: 'debug', message: `event connected ${String(event.connection)}` };
    case 'disconnected': {
      const message = `event disconnected ${String(event.connection)}: ${event.reason}`;
      return { level: 'debug', message };
    }
    case 'order':
      return describeOrder(event.order);
    case 'refused':
      return { level: 'info', message: `event refused ${event.code}: ${event.message}` };
    case 'token_read': {
      const outcome = 'token' in event.result ? '' : `: ${event.result.reason}`;
      return { level: 'debug', message: `event token_read${outcome}` };
    }
    case 'slot': {
      const { level, message } = describeSlotEvent(event.event);
      const where = `slot ${String(event.slot)}`;
      return { level, message: `event ${where} ${attemptKey(event.attempt)} ${message}` };
    }
    case 'stop_requested':
      return { level: 'info', message: 'event stop_requested' };
    default:
      return event satisfies never;
  }
}

function describeOrder(order: ManagerOrder): LogLine {
  const type = `event order ${order.message_type}`;
  switch (order.message_type) {
    case 'register_ack':
      return { level: 'debug', message: `${type} epoch ${String(order.epoch)}` };
    case 'new_map_task':
    case 'new_reduce_task':
      return { level: 'info', message: `${type} ${attemptKey(order)}` };
    case 'cancel_task':
      return { level: 'info', message: `${type} ${attemptKey(order)}: ${order.reason}` };
    case 'settled':
      return { level: 'info', message: `${type} ${attemptKey(order)}: ${order.outcome}` };
    case 'received':
      return { level: 'debug', message: `${type} ${String(order.received)}` };
    case 'shutdown':
      return { level: 'info', message: type };
    default:
      return order satisfies never;
  }
}

function describeSlotEvent(event: SlotEvent): LogLine {
  switch (event.type) {
    case 'started':
      return { level: 'info', message: 'started' };
    case 'progress':
      return { level: 'debug', message: `has read ${String(event.bytesRead)} bytes` };
    case 'ended': {
      const { result } = event;
      const why = 'cause' in result ? `: ${result.cause.text}` : '';
      return { level: 'info', message: `ended ${result.outcome}${why}` };
    }
    default:
      return event satisfies never;
  }
}
