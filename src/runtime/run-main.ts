import { EXIT_CODES } from './exit-codes.ts';
import { UserError } from './user-error.ts';

/**
 * Runs a command's `main` and ends the process with its code: one line for a user's error,
 * 70 for a bug of ours.
 * @param main resolves to the exit code
 */
export async function runMain(
  main: () => Promise<number>,
  tell: (line: string) => void | Promise<void> = complainLate,
): Promise<void> {
  // An end that nobody has foreseen, with nothing left to wait for, is no success.
  process.exitCode = EXIT_CODES.bug;
  try {
    // Not process.exit: what was written to stdout must get out first.
    process.exitCode = await main();
  } catch (error) {
    process.exitCode = error instanceof UserError ? error.exitCode : EXIT_CODES.bug;
    await tell(describeFailure(error));
  }
}

/** Loaded late: most commands have nothing to complain of, and their start is waited for. */
async function complainLate(line: string): Promise<void> {
  const { complain } = await import('./lifecycle.ts');
  complain(line);
}

function describeFailure(error: unknown): string {
  if (error instanceof UserError) return error.message;
  return `Internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
