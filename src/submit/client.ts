import { type Clock, systemClock } from '../runtime/clock.ts';
import type { SignalSource } from './interrupts.ts';
import type { SubmitterPlace } from './preflight.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/** What a client command has of the process that it runs in. */
export interface Client extends SubmitterPlace {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly signals: SignalSource;
  /** Permission bits that new files must not have. */
  readonly umask: number;
}

/** This very process. */
export function processClient(): Client {
  return {
    terminal: processTerminal(),
    clock: systemClock,
    signals: process,
    directory: process.cwd(),
    environment: process.env,
    umask: process.umask(),
  };
}
