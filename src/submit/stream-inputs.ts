import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { inParallel } from '../runtime/in-parallel.ts';
import { UserError } from '../runtime/user-error.ts';

/** Names that mean something else in every process. */
const OWN_DESCRIPTOR = /^\/(?:dev\/stdin|(?:dev|proc\/self)\/fd\/\d+)$/;
const STANDARD_INPUT = ['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'];

const LANES = 32;
const HINT = 'add --local, which reads it first, or save it to a file and name that';

/** Whether an input is this command's own stdin, under any name. */
export function isStandardInput(input: string): boolean {
  return STANDARD_INPUT.includes(input);
}

/**
 * Which inputs can be read only once, and only here: `-`, a FIFO such as `<(…)`, a device.
 * What is not there is not among them.
 */
export async function findStreams(
  inputs: readonly string[],
  directory: string,
): Promise<ReadonlySet<string>> {
  const found = await inParallel(inputs, LANES, async (input) => {
    if (isOwnStream(input)) return true;
    const status = await stat(resolve(directory, input)).catch(() => undefined);
    return status !== undefined && !status.isFile() && !status.isDirectory();
  });
  return new Set(inputs.filter((_input, index) => found[index]));
}

/** Refuses what means nothing to anybody else, wherever the Manager is. */
export function refuseStreams(inputs: readonly string[]): void {
  const input = inputs.find(isOwnStream);
  if (input !== undefined) throw streamRefused(input);
}

/** An input that only this command could read. */
export function streamRefused(input: string): UserError {
  const what = isStandardInput(input)
    ? 'standard input is not a file that Workers could read'
    : 'it is not a regular file';
  return new UserError(`Cannot read input "${input}": ${what}; ${HINT}`);
}

/** @throws UserError when one of the streams is among the inputs more than once */
export function refuseTwice(inputs: readonly string[], streams: ReadonlySet<string>): void {
  const seen = new Set<string>();
  for (const input of inputs) {
    if (!streams.has(input)) continue;
    const name = isStandardInput(input) ? '-' : input;
    if (seen.has(name)) {
      throw new UserError(`Cannot read input "${input}" twice: it is gone when it was read once`);
    }
    seen.add(name);
  }
}

function isOwnStream(input: string): boolean {
  return input === '-' || OWN_DESCRIPTOR.test(input);
}
