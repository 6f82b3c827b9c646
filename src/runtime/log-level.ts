import { UserError } from './user-error.ts';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** Smaller is graver. */
export const LOG_LEVELS: Readonly<Record<LogLevel, number>> = {
  error: 0,
  warn: 1,
  info: 2,
  debug: 3,
};

/**
 * Reads `debug`, `info`, `warn`, `warning` or `error` in any case.
 * @throws UserError
 */
export function parseLogLevel(text: string): LogLevel {
  const word = text.toLowerCase();
  if (word === 'warning') return 'warn';
  if (word in LOG_LEVELS) return word as LogLevel;
  throw new UserError(
    `Cannot use log level "${text}": it must be debug, info, warn, warning or error`,
  );
}
