import { attemptKey } from '../../protocol/ids.ts';
import type { WorkerMessage } from '../../protocol/worker-messages.ts';
import type { WorkerCommand } from './commands.ts';
import type { LogLine } from './describe-event.ts';

/** `command send finished job-0007/map-00012.2`; what goes all the time is `debug`. */
export function describeCommand(command: WorkerCommand): LogLine {
  switch (command.type) {
    case 'connect':
      return { level: 'debug', message: `command connect ${String(command.connection)}` };
    case 'disconnect': {
      const message = `command disconnect ${String(command.connection)}: ${command.reason}`;
      return { level: 'debug', message };
    }
    case 'send':
      return describeMessage(command.message);
    case 'send_datagram':
      return {
        level: 'debug',
        message: `command send_datagram heartbeat ${String(command.message.number)}`,
      };
    case 'read_token':
      return { level: 'debug', message: `command read_token "${command.sharedDirectory}"` };
    case 'run': {
      const what = `${attemptKey(command.order)} in slot ${String(command.slot)}`;
      return { level: 'info', message: `command run ${what}` };
    }
    case 'kill':
      return {
        level: 'info',
        message: `command kill ${attemptKey(command.attempt)}: ${command.reason}`,
      };
    case 'log':
      return { level: command.level, message: command.message };
    case 'exit':
      return { level: 'info', message: `command exit ${String(command.code)}` };
    default:
      return command satisfies never;
  }
}

function describeMessage(message: WorkerMessage): LogLine {
  const type = `command send ${message.message_type}`;
  switch (message.message_type) {
    case 'register':
      return { level: 'debug', message: type };
    case 'ready':
      return { level: 'info', message: message.problem === null ? type : `${type}: not ready` };
    case 'started':
    case 'finished':
      return { level: 'info', message: `${type} ${attemptKey(message)}` };
    case 'failed': {
      const { outcome, cause } = message;
      return {
        level: 'info',
        message: `${type} ${attemptKey(message)}: ${outcome}, ${cause.text}`,
      };
    }
    case 'returned': {
      const was = message.was_started ? 'was started' : 'was not started';
      return { level: 'info', message: `${type} ${attemptKey(message)}: ${was}` };
    }
    case 'goodbye':
      return { level: 'info', message: type };
    case 'progress':
    case 'heartbeat':
      return { level: 'debug', message: `${type} ${String(message.number)}` };
    default:
      return message satisfies never;
  }
}
