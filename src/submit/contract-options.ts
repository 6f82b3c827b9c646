import { type Command, Option } from 'commander';
import { KEY_FIELDS_MAX, SEPARATOR_CHARS_MAX } from '../protocol/limits.ts';
import { countOption } from '../runtime/options.ts';
import { UserError } from '../runtime/user-error.ts';

/** What stands for bytes that are hard to type, or to tell apart, in `--separator`. */
const ESCAPES: Readonly<Record<string, string>> = { t: '\t', 0: '\0', '\\': '\\' };

/** How input is read, records are cut and programs are run: the options of the contract. */
export function addContractOptions(command: Command): void {
  command
    .option('--recursive', 'descend into subdirectories of inputs')
    .option('--one-process', 'one mapper process for all small files of a task')
    .addOption(
      new Option(
        '--separator <text>',
        'between key and value; \\t, \\0 and \\\\ are understood; a TAB by default',
      ).argParser(parseSeparator),
    )
    .addOption(
      countOption(
        '--key-fields <n>',
        'fields that make the key; 1 by default, 0: the whole line',
        0,
        KEY_FIELDS_MAX,
      ),
    )
    .option('--sort-values', 'values of a key in byte order, not in the order of the input')
    .option('--total-order', 'parts concatenated by name are sorted by key')
    .option('--shell', 'commands are lines for bash -o pipefail -c')
    .addOption(exitOption('--accept-exit <n>', 'mapper'))
    .addOption(exitOption('--reducer-accept-exit <n>', 'reducer'))
    .addOption(exitOption('--combiner-accept-exit <n>', 'combiner'));
}

function exitOption(flags: string, role: string): Option {
  const option = new Option(flags, `exit code of the ${role} that is success too; repeatable`);
  const flag = option.long ?? flags;
  return option.argParser((text: string, codes: readonly number[] | undefined) => {
    const code = Number(text);
    if (/^\d+$/.test(text) && code >= 1 && code <= 255) return [...(codes ?? []), code];
    throw new UserError(
      `Cannot use "${text}" for ${flag}: an exit code is a whole number from 1 to 255`,
    );
  });
}

function parseSeparator(text: string): string {
  const separator = text.replaceAll(/\\(.?)/gs, (sequence, character: string) => {
    const meant = ESCAPES[character];
    if (meant !== undefined) return meant;
    throw new UserError(
      `Cannot use "${text}" for --separator: "${sequence}" is not one of \\t, \\0 and \\\\`,
    );
  });
  const problem = separatorProblem(separator);
  if (problem === undefined) return separator;
  throw new UserError(`Cannot use "${text}" for --separator: ${problem}`);
}

function separatorProblem(separator: string): string | undefined {
  if (separator === '') return 'it is empty; for keys that are whole lines use --key-fields 0';
  if (separator.includes('\n')) return 'a line feed ends the record';
  if (separator.includes('\uFFFD')) return 'it is not UTF-8 text';
  if (separator.length > SEPARATOR_CHARS_MAX) {
    return `it is longer than ${String(SEPARATOR_CHARS_MAX)} characters`;
  }
  return undefined;
}
