import type { ManagerCommand } from '../../../../src/manager/scheduler/commands.ts';
import type { JournalRecord } from '../../../../src/manager/scheduler/records.ts';
import type { World } from './world.ts';

/** Commands of one type that the scheduler has given so far, in their order. */
export function commandsOf<T extends ManagerCommand['type']>(
  world: World,
  type: T,
): readonly Extract<ManagerCommand, { type: T }>[] {
  return world.steps.flatMap(({ commands }) =>
    commands.filter(
      (command): command is Extract<ManagerCommand, { type: T }> => command.type === type,
    ),
  );
}

/** Records of one type that it has given to the journal. */
export function recordsOf<T extends JournalRecord['type']>(
  world: World,
  type: T,
): readonly Extract<JournalRecord, { type: T }>[] {
  return commandsOf(world, 'append')
    .map(({ record }) => record)
    .filter((record): record is Extract<JournalRecord, { type: T }> => record.type === type);
}
