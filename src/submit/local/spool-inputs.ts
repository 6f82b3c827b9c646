import { constants, createReadStream, createWriteStream, open, stat } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { makeTemporaryDirectory } from '../../runtime/files/make-temporary-directory.ts';
import { removeTree } from '../../runtime/files/remove-tree.ts';
import { errorCode, errorText } from '../../runtime/system-error.ts';
import { UserError } from '../../runtime/user-error.ts';
import type { Client } from '../client.ts';
import type { Interrupts } from '../interrupts.ts';
import { findStreams, isStandardInput } from '../stream-inputs.ts';

/** Inputs of which some were streams, and are files now. */
export interface SpooledInputs {
  readonly inputs: readonly string[];
  /** How their user calls the files that stand for streams. */
  readonly names: ReadonlyMap<string, string>;
}

/**
 * Copies inputs that can be read only once into files, byte for byte, for as long as `work` lasts.
 * The files are gone in every case, also when this is interrupted.
 * @throws UserError when one cannot be read or kept
 */
export async function withSpooledInputs<T>(
  inputs: readonly string[],
  client: Client,
  interrupts: Interrupts,
  work: (spooled: SpooledInputs) => Promise<T>,
): Promise<T> {
  const streams = [...(await findStreams(inputs, client.directory))];
  if (streams.length === 0) return work({ inputs, names: new Map() });
  const directory = await makeDirectory();
  try {
    const files = new Map<string, string>();
    for (const [index, input] of streams.entries()) {
      const name = isStandardInput(input) ? 'stdin' : `input-${String(index + 1)}`;
      const path = join(directory, name);
      await spool(input, path, client, interrupts);
      files.set(input, path);
    }
    const names = new Map([...files].map(([input, path]) => [path, input]));
    return await work({ inputs: inputs.map((input) => files.get(input) ?? input), names });
  } finally {
    await removeTree(directory);
  }
}

async function spool(
  input: string,
  path: string,
  client: Client,
  interrupts: Interrupts,
): Promise<void> {
  const abort = new AbortController();
  const copied = copyToFile(input, () => openStream(input, client), path, abort.signal);
  try {
    await interrupts.during(copied, 1, 'Interrupted: nothing was submitted');
  } finally {
    abort.abort();
    await copied.catch(() => undefined);
  }
}

/**
 * Copies a stream into a new file.
 * @param input how to call it in an error
 * @throws UserError
 */
export async function copyToFile(
  input: string,
  openSource: () => Promise<Readable>,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const source = await openSource().catch((error: unknown) => {
    throw cannotRead(input, error);
  });
  let sourceError: unknown;
  source.once('error', (error) => (sourceError = error));
  try {
    await pipeline(source, createWriteStream(path, { flags: 'w', mode: 0o600 }), { signal });
  } catch (error) {
    if (error === sourceError && !signal.aborted) throw cannotRead(input, error);
    const text = `Cannot keep input "${input}" in "${path}": ${errorText(error)}`;
    const isFull = ['ENOSPC', 'EDQUOT'].includes(errorCode(error) ?? '');
    const hint = isFull ? '; TMPDIR names a place with more room' : '';
    throw new UserError(`${text}${hint}`, undefined, { cause: error });
  }
}

async function openStream(input: string, client: Client): Promise<Readable> {
  if (isStandardInput(input)) return client.stdin();
  const path = resolve(client.directory, input);
  const status = await promisify(stat)(path);
  if (!status.isFIFO()) return createReadStream(path);
  // Opened to wait for its writer where it can be interrupted, and not in a thread of Node's.
  const descriptor = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd: descriptor, readable: true, writable: false });
}

/** Where TMPDIR says. */
async function makeDirectory(): Promise<string> {
  try {
    return await makeTemporaryDirectory('muster-input');
  } catch (error) {
    const text = `Cannot make a directory for inputs in "${tmpdir()}": ${errorText(error)}`;
    throw new UserError(text, undefined, { cause: error });
  }
}

function cannotRead(input: string, error: unknown): UserError {
  return new UserError(`Cannot read input "${input}": ${errorText(error)}`, undefined, {
    cause: error,
  });
}
