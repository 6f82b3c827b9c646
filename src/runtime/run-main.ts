import { EXIT_CODES } from './exit-codes.ts';
import { complain } from './lifecycle.ts';
import { UserError } from './user-error.ts';

/**
 * Runs a command's `main` and ends the process with its code: one line for a user's error,
 * 70 for a bug of ours.
 * @param main resolves to the exit code
 */
export async function runMain(
  main: () => Promise<number>,
  tell: (line: string) => void = complain,
): Promise<void> {
  try {
    // Not process.exit: what was written to stdout must get out first.
    process.exitCode = await main();
  } catch (error) {
    process.exitCode = error instanceof UserError ? error.exitCode : EXIT_CODES.bug;
    tell(describeFailure(error));
  }
}

function describeFailure(error: unknown): string {
  if (error instanceof UserError) return error.message;
  return `Internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
