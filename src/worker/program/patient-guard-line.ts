import type { GuardLine } from './guard-line.ts';

/** How long a program must live for the guard to be told of it. */
const PATIENCE_MS = 5;

/**
 * Tells only of groups that last, because two lines cost the guard as much as a short program costs
 * us. What the guard is not told of yet it finds by its environment, like everything that was
 * started too late to be told.
 */
export function patientGuardLine(line: GuardLine): GuardLine {
  const untold = new Map<number, NodeJS.Timeout>();
  return {
    add(groupId) {
      const tell = (): void => {
        untold.delete(groupId);
        line.add(groupId);
      };
      untold.set(groupId, setTimeout(tell, PATIENCE_MS));
    },
    remove(groupId) {
      clearTimeout(untold.get(groupId));
      if (!untold.delete(groupId)) line.remove(groupId);
    },
  };
}
