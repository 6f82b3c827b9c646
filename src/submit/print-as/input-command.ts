import { relative } from 'node:path';
import { formatCommand } from '../../runtime/programs/command-words.ts';
import type { PrintedInput } from './printed-inputs.ts';

const DECOMPRESSORS = { gzip: 'gzip -dc', bzip2: 'bzip2 -dc', zstd: 'zstd -qdc' } as const;
/** Like `cat`, but a last line without a newline is not glued to the next file's first. */
const JOIN = "LC_ALL=C sed ''";

/** Writes all inputs in their order to stdout. `isOne`: a single plain file, for tools that seek. */
export function inputCommand(files: readonly PrintedInput[], directory: string): string {
  if (files.length === 0) return 'printf ""';
  if (files.every(({ compression }) => compression === null)) return plain(files, directory);
  const commands = files.map(({ path, compression }) => {
    const read = compression === null ? 'cat' : DECOMPRESSORS[compression];
    return `${read} ${fileWord(path, directory)}`;
  });
  return `{ ${commands.join('; ')}; }`;
}

/** The only input, when it is one plain file. */
export function onlyPlainFile(
  files: readonly PrintedInput[],
  directory: string,
): string | undefined {
  const [file] = files;
  if (files.length !== 1 || !file || file.compression !== null) return undefined;
  return fileWord(file.path, directory);
}

function plain(files: readonly PrintedInput[], directory: string): string {
  const glues = files.slice(0, -1).some(({ endsWithNewline }) => !endsWithNewline);
  const words = files.map(({ path }) => fileWord(path, directory));
  return `${glues ? JOIN : 'cat'} ${words.join(' ')}`;
}

/** As short as the submitter would type it. */
function fileWord(path: string, directory: string): string {
  const short = relative(directory, path);
  const isBelow = short !== '' && !short.startsWith('../');
  const shown = isBelow ? (short.startsWith('-') ? `./${short}` : short) : path;
  return formatCommand([shown]);
}
