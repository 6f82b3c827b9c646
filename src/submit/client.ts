import type { Readable } from 'node:stream';
import { type Clock, systemClock } from '../runtime/clock.ts';
import type { SignalSource } from './interrupts.ts';
import type { SubmitterPlace } from './preflight.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/** What a client command has of the process that it runs in. */
export interface Client extends SubmitterPlace {
  readonly terminal: Terminal;
  /** Standard input; it is touched only by whoever reads it. */
  readonly stdin: () => Readable;
  readonly clock: Clock;
  readonly signals: SignalSource;
  /** Permission bits that new files must not have. */
  readonly umask: number;
}

/** This very process. */
export function processClient(): Client {
  return {
    terminal: processTerminal(),
    stdin: () => process.stdin,
    clock: systemClock,
    signals: process,
    directory: process.cwd(),
    environment: process.env,
    umask: process.umask(),
  };
}
