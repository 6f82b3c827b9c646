import { writeSync } from 'node:fs';

/** Tells the guard process which process groups live. Any thread of the Worker may hold one. */
export interface GuardLine {
  add(groupId: number): void;
  remove(groupId: number): void;
}

/**
 * A line to a guard through a descriptor of this process. One short line is one write, which a
 * pipe takes whole, so that threads cannot mix theirs up.
 */
export function guardLine(descriptor: number): GuardLine {
  const write = (line: string): void => {
    try {
      writeSync(descriptor, line);
    } catch (error) {
      // A guard that is just being replaced reads nothing: it finds programs by their environment.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  };
  return {
    add(groupId) {
      write(`+${String(groupId)}\n`);
    },
    remove(groupId) {
      write(`-${String(groupId)}\n`);
    },
  };
}
