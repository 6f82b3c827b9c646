import type { ManagerCommand } from '../scheduler/commands.ts';

/** What the scheduler asks for when an output is to be put in place. */
export type PublishRequest = Omit<Extract<ManagerCommand, { type: 'publish' }>, 'type'>;
