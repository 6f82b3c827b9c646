import { EXIT_CODES } from './exit-codes.ts';

/**
 * Something the user can put right: shown as one line on stderr, without a stack.
 * The message says action, value in quotes, cause and what to do.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT_CODES.usage, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
