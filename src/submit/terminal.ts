import type { Writable } from 'node:stream';
import pc from 'picocolors';

/** Where a client command reads and writes. Data goes to stdout, everything for people to stderr. */
export interface Terminal {
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** How a line is meant; shown as a colour where there are any. */
export type Tone = 'plain' | 'good' | 'bad' | 'warning';

/** The process's own streams. A reader that goes away must not look like a bug of ours. */
export function processTerminal(): Terminal {
  process.stdout.on('error', ignore);
  process.stderr.on('error', ignore);
  return { stdout: process.stdout, stderr: process.stderr, environment: process.env };
}

/** Bars need a terminal that a person looks at. */
export function allowsBars({ stderr, environment }: Terminal): boolean {
  return stderr.isTTY === true && !isSet(environment['CI']) && environment['TERM'] !== 'dumb';
}

/** Paints a line for stderr: colours only on a terminal and without NO_COLOR (no-color.org). */
export function paint({ stderr, environment }: Terminal, line: string, tone: Tone): string {
  const wanted = !isSet(environment['NO_COLOR']) && environment['TERM'] !== 'dumb';
  const colours = pc.createColors(stderr.isTTY === true && wanted);
  switch (tone) {
    case 'plain':
      return line;
    case 'good':
      return colours.green(line);
    case 'bad':
      return colours.red(line);
    case 'warning':
      return colours.yellow(line);
    default:
      return tone satisfies never;
  }
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

function ignore(): void {
  // EPIPE: nobody reads any more, and nobody can be told.
}
