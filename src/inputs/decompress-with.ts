import { execa } from 'execa';
import { killGroup } from '../runtime/programs/kill-group.ts';
import type { CompressedSource } from './compressed-source.ts';

/** How foreign programs are run on this machine. */
export interface ProgramPlace {
  readonly environment: Readonly<Record<string, string>>;
  /** Told of process groups as they come and go, so that somebody can end them if we die. */
  readonly groups: { add(groupId: number): void; remove(groupId: number): void };
}

/** Kept of what the program says. */
const MESSAGE_CHARS_MAX = 4096;

/**
 * Decompresses a file with `PROGRAM -dc`, which must read its stdin to the end and exit with 0.
 * @param program its absolute path
 * @param signal ends it quietly, wherever it is
 * @throws DecompressionError, errors of the system when it cannot be started
 */
export async function* decompressWith(
  program: string,
  source: CompressedSource,
  place: ProgramPlace,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const child = startProgram(program, place);
  const groupId = child.pid;
  if (groupId === undefined) throw await startError(child);
  place.groups.add(groupId);
  const kill = (): void => {
    if (child.exitCode === null && child.signalCode === null) killGroup(groupId);
  };
  signal.addEventListener('abort', kill);
  try {
    const said = firstWords(child);
    const feeding = feed(child, source);
    for await (const block of child.stdout) yield block as Buffer;
    const fed = await feeding;
    const { exitCode, signal: killedBy } = await child;
    if (signal.aborted) return;
    // What could not be read says more than what the program makes of it.
    if (fed instanceof Error) throw fed;
    if (exitCode === 0) return;
    const end = killedBy === undefined ? `exit code ${String(exitCode)}` : `killed by ${killedBy}`;
    throw source.damaged(said() || `${program}: ${end}`);
  } finally {
    signal.removeEventListener('abort', kill);
    kill();
    await child;
    place.groups.remove(groupId);
  }
}

type Child = ReturnType<typeof startProgram>;

function startProgram(program: string, { environment }: ProgramPlace) {
  return execa(program, ['-dc'], {
    cwd: '/',
    env: environment,
    extendEnv: false,
    // A group of its own, as every program has.
    detached: true,
    cleanup: false,
    stdio: ['pipe', 'pipe', 'pipe'],
    encoding: 'buffer',
    buffer: false,
    reject: false,
  });
}

async function startError(child: Child): Promise<Error> {
  const { code, cause } = await child;
  return Object.assign(new Error('Cannot start a process', { cause }), { code: code ?? 'EAGAIN' });
}

/** Gives the program the file as it takes it. A program that takes no more is no error here. */
async function feed(child: Child, source: CompressedSource): Promise<Error | undefined> {
  const { stdin } = child;
  stdin.on('error', () => undefined);
  try {
    for (let at = 0; !stdin.destroyed;) {
      const block = source.read(at);
      if (block.length === 0) break;
      at += block.length;
      await new Promise((resolve) => stdin.write(block, resolve));
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    stdin.end();
  }
}

/** Collects stderr; gives its first line, for there programs say what is wrong. */
function firstWords(child: Child): () => string {
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (text.length < MESSAGE_CHARS_MAX) text += chunk.toString('utf8');
  });
  return () => /^\s*(.*?)[\s;]*$/m.exec(text.trim())?.[1] ?? '';
}
