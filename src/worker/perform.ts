import { readFile } from 'node:fs/promises';
import { type AttemptRef, attemptRefOf } from '../protocol/ids.ts';
import { clusterFilePath } from '../protocol/job-layout.ts';
import type { HeartbeatSender } from '../protocol/net/udp.ts';
import type { Log } from '../runtime/log.ts';
import { errorText } from '../runtime/system-error.ts';
import type { WorkerCommand } from './lifecycle/commands.ts';
import type { TokenResult } from './lifecycle/directory-problem.ts';
import type { WorkerEvent } from './lifecycle/events.ts';
import type { ManagerConnection } from './manager-connection.ts';
import type { SlotEvent, TaskOrderMessage } from './tasks/task-result.ts';

/** Whoever runs attempts: `SlotPool`, or a test's stand-in. */
export interface SlotRunner {
  run(slot: number, order: TaskOrderMessage, onEvent: (event: SlotEvent) => void): void;
  kill(attempt: AttemptRef): void;
  close(): Promise<void>;
}

export interface PerformContext {
  readonly manager: ManagerConnection;
  readonly heartbeats: Pick<HeartbeatSender, 'send'>;
  readonly slots: SlotRunner;
  readonly log: Log;
  readonly push: (event: WorkerEvent) => void;
  readonly onExit: (code: number) => void;
}

/** Performs any command of the core, or begins to; outcomes come back as events. */
export function performCommand(command: WorkerCommand, context: PerformContext): void {
  const { manager, heartbeats, slots, log, push, onExit } = context;
  switch (command.type) {
    case 'connect':
      manager.connect(command.connection);
      return;
    case 'disconnect':
      manager.disconnect(command.connection);
      return;
    case 'send':
      manager.send(command.connection, command.message);
      return;
    case 'send_datagram':
      heartbeats.send(command.message);
      return;
    case 'read_token': {
      const { connection } = command;
      void readToken(command.sharedDirectory).then((result) =>
        push({ type: 'token_read', connection, result }),
      );
      return;
    }
    case 'run': {
      const { slot, order } = command;
      const attempt = attemptRefOf(order);
      slots.run(slot, order, (event) => push({ type: 'slot', slot, attempt, event }));
      return;
    }
    case 'kill':
      slots.kill(command.attempt);
      return;
    case 'log':
      log[command.level](command.message);
      return;
    case 'exit':
      onExit(command.code);
      return;
    default:
      command satisfies never;
  }
}

/** What `cluster.json` in the shared directory holds as `token`, or why that cannot be said. */
async function readToken(sharedDirectory: string): Promise<TokenResult> {
  try {
    const text = await readFile(clusterFilePath(sharedDirectory), 'utf8');
    const file = JSON.parse(text) as { readonly token?: unknown } | null;
    return typeof file?.token === 'string'
      ? { token: file.token }
      : { reason: 'its "cluster.json" has no token' };
  } catch (error) {
    if (error instanceof SyntaxError) return { reason: 'its "cluster.json" is not JSON' };
    return { reason: errorText(error) };
  }
}
