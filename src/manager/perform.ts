import type { CommandType, PerformContext, Performers } from './perform-context.ts';
import { publishPerformers } from './perform-publish.ts';
import { readingPerformers } from './perform-reading.ts';
import { storePerformers } from './perform-store.ts';
import { submissionPerformers } from './perform-submission.ts';
import type { ManagerCommand } from './scheduler/commands.ts';

/** Performs any command of the scheduler, or begins to. */
export function performer(context: PerformContext): (command: ManagerCommand) => void {
  const performers: Performers<CommandType> = {
    ...peerPerformers(context),
    ...submissionPerformers(context),
    ...storePerformers(context),
    ...readingPerformers(context),
    ...publishPerformers(context),
    append: ({ record }) => context.journal.append(record),
    log: ({ level, message }) => context.log[level](message),
    exit: ({ code }) => context.onExit(code),
  };
  return (command) => {
    const perform = performers[command.type] as (command: ManagerCommand) => void;
    perform(command);
  };
}

function peerPerformers({
  peers,
}: PerformContext): Performers<
  'send_client' | 'close_client' | 'send_worker' | 'refuse_worker' | 'close_worker'
> {
  return {
    send_client: ({ client, message, droppable }) => peers.sendClient(client, message, droppable),
    close_client: ({ client }) => peers.closeClient(client),
    send_worker: (command) => peers.sendWorker(command.connection, command),
    refuse_worker: ({ connection, code, message }) => peers.refuseWorker(connection, code, message),
    close_worker: ({ connection }) => peers.closeWorker(connection),
  };
}
