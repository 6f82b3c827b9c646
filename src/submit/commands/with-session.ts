import type { Command } from 'commander';
import { connectSession } from '../connect.ts';
import { readManagerAddress } from '../read-options.ts';
import type { Session } from '../session.ts';

/** Runs one conversation with the Manager that the command's options name. */
export async function withSession<T>(
  command: Command,
  talk: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await connectSession(readManagerAddress(command));
  try {
    return await talk(session);
  } finally {
    session.close();
  }
}

/** The job word of a command, or null for the latest job. */
export function jobWord(command: Command): string | null {
  return command.args[0] ?? null;
}
