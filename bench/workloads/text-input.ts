import { join } from 'node:path';
import { writeLines } from '../generate/line-maker.ts';
import { Text, type TextOptions } from '../generate/text.ts';
import type { InputRequest } from '../workload.ts';

/** Makes `input.txt`, so many bytes of Zipf text. */
export function textInput(
  bytes: number,
  options: Omit<TextOptions, 'seed'> = {},
): (request: InputRequest) => void {
  return ({ directory, seed, scale }) => {
    writeLines(join(directory, 'input.txt'), new Text({ seed, ...options }), {
      bytes: bytes * scale,
    });
  };
}

/** Word count with the programs in an awk. */
export function wordCount(awk: string): {
  readonly mapper: string;
  readonly reducer: string;
  readonly input: string;
} {
  return {
    mapper: `${awk} -f split-words.awk`,
    reducer: `${awk} -f sum-groups.awk`,
    input: 'input.txt',
  };
}

/** The flags of the same as a job. */
export function wordCountJob(awk: string): string {
  const { mapper, reducer, input } = wordCount(awk);
  return `-i ${input} -m '${mapper}' -r '${reducer}'`;
}
