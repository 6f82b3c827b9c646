import { attemptKey } from '../../protocol/ids.ts';
import type { WorkerMessage } from '../../protocol/worker-messages.ts';
import type { WorkerCommand } from './commands.ts';
import type { LogLine } from './describe-event.ts';

/** The line for a command; what goes all the time is `debug`. `>` is to the Manager. */
export function describeCommand(command: WorkerCommand): LogLine {
  switch (command.type) {
    case 'connect':
      return { level: 'debug', message: `connection ${String(command.connection)} is tried` };
    case 'disconnect': {
      const message = `connection ${String(command.connection)} is dropped: ${command.reason}`;
      return { level: 'debug', message };
    }
    case 'send':
      return describeMessage(command.message);
    case 'send_datagram':
      return { level: 'debug', message: `> heartbeat ${String(command.message.number)} by UDP` };
    case 'read_token':
      return { level: 'debug', message: `read the token in "${command.sharedDirectory}"` };
    case 'run': {
      const where = `slot ${String(command.slot)}`;
      return { level: 'info', message: `${where}: run ${attemptKey(command.order)}` };
    }
    case 'kill':
      return { level: 'info', message: `kill ${attemptKey(command.attempt)}: ${command.reason}` };
    case 'log':
      return { level: command.level, message: command.message };
    case 'exit':
      return { level: 'info', message: `exit ${String(command.code)}` };
    default:
      return command satisfies never;
  }
}

function describeMessage(message: WorkerMessage): LogLine {
  const type = `> ${message.message_type}`;
  switch (message.message_type) {
    case 'register':
      return { level: 'debug', message: type };
    case 'ready':
      return { level: 'info', message: message.problem === null ? type : `> not ready` };
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
