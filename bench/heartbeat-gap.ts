import { readFileSync } from 'node:fs';
import { longestGap } from './statistics.ts';

/**
 * The longest time without a heartbeat in the log of a Manager with one Worker, written at level
 * debug; from when the Worker was ready to the end of the last job, in ms.
 */
export function heartbeatGapMs(logfile: string): number {
  return heartbeatGapOf(readFileSync(logfile, 'utf8'));
}

/** The same, of the text of a log. */
export function heartbeatGapOf(log: string): number {
  const lines = log.split('\n').filter((line) => MOMENTS.test(line));
  return longestGap(lines.map((line) => Date.parse(JSON.parse(line).time)));
}

const MOMENTS = /"message":"(?:event heartbeat |\S+ is ready"|job-\d+ succeeded )/;
