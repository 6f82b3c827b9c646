import type { Command } from 'commander';
import type { ReadInput } from '../../protocol/client-messages.ts';
import { parseTaskName } from '../../protocol/ids.ts';
import type { TaskInput } from '../../protocol/manager-replies.ts';
import { EXIT_CODES } from '../../runtime/exit-codes.ts';
import { UserError } from '../../runtime/user-error.ts';
import { isClosedPipe, writeBlock } from '../block-writer.ts';
import type { Client } from '../client.ts';
import { exitCodeOf, Interrupts } from '../interrupts.ts';
import { choosePieces, type PieceWish } from '../task-input/choose-pieces.ts';
import { describePartition, describePieces } from '../task-input/describe-input.ts';
import { partitionBlocks } from '../task-input/partition-blocks.ts';
import { pieceBlocks } from '../task-input/piece-blocks.ts';
import { withSession } from './with-session.ts';

/**
 * `mapreduce input [job] <task>`: the bytes that the task's program reads on stdout, what they are
 * on stderr. Whoever has read enough (`| head`) ends it quietly.
 */
export async function writeInput(command: Command, client: Client): Promise<number> {
  const request: ReadInput = { message_type: 'read_input', ...wanted(command.args) };
  const input = await withSession(command, (session) => session.request(request, 'task_input'));
  const abort = new AbortController();
  const interrupts = new Interrupts(client.signals);
  interrupts.listen(() => abort.abort());
  const { stdout } = client.terminal;
  try {
    const blocks = blocksOf(input, { wish: command.opts(), client, signal: abort.signal });
    for await (const block of blocks) await writeBlock(stdout, block, abort.signal);
  } catch (error) {
    if (interrupts.first !== undefined) return exitCodeOf(interrupts.first);
    if (!isClosedPipe(error)) throw error;
  } finally {
    interrupts.dispose();
  }
  return EXIT_CODES.succeeded;
}

/** A single word names a task of the latest job. */
function wanted([first, second]: readonly string[]): Pick<ReadInput, 'job' | 'task'> {
  if (first !== undefined && second !== undefined) return { job: first, task: second };
  if (first !== undefined && parseTaskName(first)) return { job: null, task: first };
  const of = first === undefined ? '' : ` of job "${first}"`;
  throw new UserError(`Missing a task${of}: name one such as map-00003 or reduce-00000`);
}

interface Wanted {
  readonly wish: PieceWish;
  readonly client: Client;
  readonly signal: AbortSignal;
}

/** Says what will come, and opens it. */
function blocksOf(input: TaskInput, { wish, client, signal }: Wanted): AsyncGenerator<Uint8Array> {
  const { source, task } = input;
  const say = (line: string) => client.terminal.stderr.write(`${line}\n`);
  if (source.kind === 'map') {
    const chosen = choosePieces(source, task, wish, client.directory);
    for (const line of describePieces(input, chosen, source.pieces.length)) say(line);
    const path = client.environment['PATH'] ?? '';
    return pieceBlocks(
      chosen.map(({ piece }) => piece),
      path,
    );
  }
  if (wish.piece !== undefined || wish.file !== undefined) {
    const flag = wish.piece === undefined ? '--file' : '--piece';
    throw new UserError(`Cannot use ${flag} with ${task}: only a map reads files`);
  }
  say(describePartition(input, source));
  return partitionBlocks(source, signal);
}
