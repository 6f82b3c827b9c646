import { InputRefused } from '../inputs/input-errors.ts';
import { type InputFile, listInputs } from '../inputs/list-inputs.ts';
import { UserError } from '../runtime/user-error.ts';
import { absoluteInputs } from './preflight.ts';
import type { JobOptions } from './read-options.ts';

/**
 * The files that a Manager on this machine would read for a job, in its order.
 * @throws UserError for inputs that it would refuse
 */
export async function listLocalInputs(
  { input, recursive = false }: Pick<JobOptions, 'input' | 'recursive'>,
  directory: string,
): Promise<readonly InputFile[]> {
  const inputs = await absoluteInputs(input, directory);
  try {
    const { files } = await listInputs(inputs, { directory, recursive });
    return files;
  } catch (error) {
    if (!(error instanceof InputRefused)) throw error;
    throw new UserError(error.message, undefined, { cause: error });
  }
}
