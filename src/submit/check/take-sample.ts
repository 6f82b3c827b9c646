import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { countNewlines } from '../../shuffle/count-newlines.ts';
import type { InputFile } from '../../inputs/list-inputs.ts';
import { describeSize } from '../../runtime/sizes.ts';
import { UserError } from '../../runtime/user-error.ts';
import { readCompressedHead, readStretches, type WholeLines } from './read-sample.ts';
import { planSample, type Stretch } from './sample-plan.ts';
import type { Source } from './trial.ts';

/** Whole lines of a job's inputs, in files of their own. */
export interface Sample extends Source {
  readonly lines: number;
  /** Of each file of the sample, by its path. */
  readonly origins: ReadonlyMap<string, Origin>;
}

/** Where a file of the sample comes from. */
export interface Origin {
  readonly path: string;
  /** One after another they are the file of the sample. */
  readonly stretches: readonly Stretch[];
}

export interface SampleOptions {
  readonly limitBytes: number;
  /** Where it is put. */
  readonly directory: string;
  /** PATH, where programs that decompress are. */
  readonly searchPath: string;
  /** How their user calls inputs that stand for others. */
  readonly names: ReadonlyMap<string, string>;
}

const NEWLINE = 0x0a;
/** How much larger compressed text may be: enough to give it its share of the sample. */
const COMPRESSION = 10;

/**
 * Copies a sample of the inputs into a directory, where each file has the path that it has under the
 * root, for programs may look at its name; one that was compressed loses the ending that says so.
 * @throws UserError when an input cannot be read or has no line that is short enough
 */
export async function takeSample(
  inputs: readonly InputFile[],
  options: SampleOptions,
): Promise<Sample> {
  const sizes = inputs.map(({ bytes, compression }) =>
    compression === null ? bytes : bytes * COMPRESSION,
  );
  const origins = new Map<string, Origin>();
  let bytes = 0;
  let lines = 0;
  for (const { file, stretches } of planSample(sizes, options.limitBytes)) {
    const input = inputs[file];
    if (input === undefined) continue;
    const copied = await readInput(input, stretches, options.searchPath);
    if (copied.content.length === 0) continue;
    const path = join(options.directory, plainName(input));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, copied.content);
    const name = options.names.get(input.path) ?? input.path;
    origins.set(path, { path: name, stretches: copied.stretches });
    bytes += copied.content.length;
    lines += countLines(copied.content);
  }
  const filled = inputs.find((input) => input.bytes > 0 && input.compression === null);
  if (lines === 0 && filled !== undefined) throw tooLong(filled, options.limitBytes);
  return { paths: [...origins.keys()], bytes, lines, origins };
}

function readInput(
  input: InputFile,
  stretches: readonly Stretch[],
  searchPath: string,
): Promise<WholeLines> {
  if (input.compression === null) return readStretches(input, stretches);
  const share = stretches.reduce((sum, { length }) => sum + length, 0);
  return readCompressedHead(input, share, searchPath);
}

function plainName({ path, compression }: InputFile): string {
  return compression === null ? path : path.replace(/\.[^./]+$/, '');
}

/** A last line without a newline is one too. */
function countLines(content: Buffer): number {
  return countNewlines(content) + (content.at(-1) === NEWLINE ? 0 : 1);
}

function tooLong({ path }: InputFile, limitBytes: number): UserError {
  const size = describeSize(limitBytes);
  return new UserError(
    `Cannot take a sample of "${path}": no line of it fits into ${size}; take a larger sample, as in --check 64M`,
  );
}
