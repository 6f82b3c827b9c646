import { Command, InvalidArgumentError } from 'commander';

export interface Options {
  /** Benchmarks and rows; none is all. */
  readonly names: readonly string[];
  readonly scale: number;
  readonly rounds: number;
  readonly seed: number;
  readonly directory?: string;
  readonly list: boolean;
  readonly run: boolean;
  readonly writeResults: boolean;
}

export const ROUNDS_DEFAULT = 5;

/** Reads the command line of `npm run bench`; help and mistakes end the process. */
export function readOptions(argv: readonly string[]): Options {
  const command = new Command('npm run bench --')
    .description('Measures Muster against other tools on this machine; see bench/README.md.')
    .argument('[names...]', 'benchmarks or rows of the table; all of them if left out')
    .option('--list', 'print the names and what they are', false)
    .option('--scale <n>', 'sizes, as a share of those in the table', positive, 1)
    .option('--rounds <n>', 'timed rounds of each side', whole, ROUNDS_DEFAULT)
    .option('--seed <n>', 'of the inputs (default: one of its own for every run)', whole)
    .option(
      '--dir <directory>',
      'where to make the directory for inputs and outputs (default: TMPDIR)',
    )
    .option('--write-results', 'write the table of all stored results to bench/RESULTS.md', false)
    .option('--no-run', 'measure nothing: with --write-results, the table of what is stored')
    .parse([...argv], { from: 'user' });
  const { dir, seed, ...rest } = command.opts<{
    scale: number;
    rounds: number;
    seed?: number;
    dir?: string;
    list: boolean;
    run: boolean;
    writeResults: boolean;
  }>();
  return {
    ...rest,
    names: command.args,
    seed: seed ?? Date.now() % 1_000_000_000,
    ...(dir === undefined ? {} : { directory: dir }),
  };
}

function positive(text: string): number {
  const number = Number(text);
  if (number > 0 && number <= 100) return number;
  throw new InvalidArgumentError('it must be above 0 and at most 100');
}

function whole(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('it must be a whole number above 0');
}
