import { EXIT_CODES } from '../runtime/exit-codes.ts';
import { runMain } from '../runtime/run-main.ts';

/**
 * Runs a client command and ends the process with its code. Whoever interrupts it does not wait for
 * a connection or a long read that is still under way.
 */
export async function runClient(main: () => Promise<number>): Promise<void> {
  await runMain(main);
  const { exitCode } = process;
  if (exitCode === EXIT_CODES.interrupted || exitCode === EXIT_CODES.terminated) process.exit();
}
