import { readFile } from 'node:fs/promises';
import { InputRefused } from '../../inputs/input-errors.ts';
import { type InputListing, listInputs } from '../../inputs/list-inputs.ts';
import { shippedFilePath } from '../../protocol/job-layout.ts';
import type { JobSpec } from '../../protocol/job-spec.ts';
import { parseInputList } from '../../inputs/input-list.ts';
import { JobRefused } from './job-refused.ts';

export interface InputsPlace {
  /** What relative inputs start from. */
  readonly directory: string;
  /** Where contents are that clients sent. */
  readonly sharedDirectory: string;
  /** A list of inputs was read, and is needed no more. */
  readonly onListRead?: (sha256: string) => Promise<void>;
}

/**
 * Lists what a job's inputs stand for, those that a client sent as a list included.
 * @throws JobRefused
 */
export async function readInputs(spec: JobSpec, place: InputsPlace): Promise<InputListing> {
  const { input_directory: named, input_list: list } = spec;
  const inputs = [
    ...(typeof named === 'string' ? [named] : named),
    ...(list === undefined ? [] : await readList(list, place)),
  ];
  if (inputs.length === 0) throw new JobRefused('Cannot plan a job without inputs');
  try {
    return await listInputs(inputs, {
      directory: place.directory,
      recursive: spec.recursive ?? false,
    });
  } catch (error) {
    if (error instanceof InputRefused) throw new JobRefused(error.message, { cause: error });
    throw error;
  }
}

async function readList(sha256: string, place: InputsPlace): Promise<readonly string[]> {
  const path = shippedFilePath(place.sharedDirectory, sha256);
  const content = await readFile(path).catch((error: unknown) => {
    throw new JobRefused('Cannot read the list of inputs: its content was not sent; submit again', {
      cause: error,
    });
  });
  const inputs = parseInputList(content);
  if (!inputs) {
    throw new JobRefused('Cannot read the list of inputs: it is not paths, each with a NUL');
  }
  await place.onListRead?.(sha256);
  return inputs;
}
