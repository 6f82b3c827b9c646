import { closeSync, existsSync, readFileSync, unlinkSync } from 'node:fs';
import type { FileRange } from '../../runtime/launch/launch-command.ts';
import type { Feeder } from '../../runtime/launch/program-starter.ts';
import { LateStdin } from './late-stdin.ts';
import type { TaskClock } from './task-clock.ts';

/** A range of a file that goes into a program's stdin by a process of its own. */
export interface FedInput extends FileRange {
  /** How much was read so far. */
  readonly onBytes: (bytes: number) => void;
  /** The program has ended with all of the input read; fewer bytes than asked for were there. */
  readonly onShort: () => void;
}

/** How often is looked whether the program reads. */
const LOOK_EVERY_MS = 200;

/** Stands where an InputFeed does, and watches a process that does the work. */
export class FileFeed {
  readonly #descriptor: number;
  readonly #input: FedInput;
  readonly #clock: TaskClock;
  #feeder: Feeder | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lateStdin: LateStdin | undefined;
  #isClosed = false;
  #bytes = 0;

  /** @param descriptor our end of the program's stdin, which keeps it open until the feeder does */
  constructor(descriptor: number, input: FedInput, clock: TaskClock) {
    this.#descriptor = descriptor;
    this.#input = input;
    this.#clock = clock;
  }

  /** The feeder runs, and has the program's stdin open. */
  watch(feeder: Feeder | undefined): void {
    if (this.#isClosed || feeder === undefined) return;
    this.#feeder = feeder;
    this.#lateStdin = LateStdin.open(this.#descriptor);
    closeSync(this.#descriptor);
    this.#timer = setInterval(() => {
      this.#look();
    }, LOOK_EVERY_MS);
  }

  /**
   * When the program has ended: looks how far the feeder is. One that has closed its input is about
   * to end by itself, and is given the time to say how much it was.
   */
  async settle(): Promise<void> {
    if (!this.#look()) await this.#feeder?.ended;
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#lateStdin?.close();
    if (this.#feeder === undefined) closeSync(this.#descriptor);
  }

  /**
   * When the program has ended well and the feeder is no more: whether it did all its work.
   * @param report what it wrote to stderr, removed
   * @throws an error of the system when the input could not be read
   */
  async judge(report: string): Promise<void> {
    const status = await this.#feeder?.ended;
    const text = takeReport(report);
    if (this.#feeder === undefined) return;
    if (status !== 0) {
      // The program wanted no more of it.
      if (this.#feeder.wasCutShort) return;
      throw readError(status, text);
    }
    const bytes = Number(/^(\d+) bytes? /m.exec(text)?.[1] ?? 0);
    this.#input.onBytes(bytes);
    if (bytes < this.#input.length) this.#input.onShort();
  }

  /** Whether the feeder still reads. */
  #look(): boolean {
    const at = this.#feeder && positionOf(this.#feeder.groupId);
    if (at === undefined) return false;
    const bytes = at - this.#input.start;
    if (bytes <= this.#bytes) return true;
    this.#bytes = bytes;
    this.#clock.touch();
    this.#input.onBytes(bytes);
    return true;
  }
}

/** Where that process reads its stdin; undefined when it has ended. */
function positionOf(processId: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${String(processId)}/fdinfo/0`, 'latin1');
    const position = /^pos:\s*(\d+)/m.exec(text)?.[1];
    return position === undefined ? undefined : Number(position);
  } catch {
    return undefined;
  }
}

/** Empty when the feeder was killed before it had made its report. */
function takeReport(path: string): string {
  if (!existsSync(path)) return '';
  const text = readFileSync(path, 'latin1');
  unlinkSync(path);
  return text;
}

function readError(status: number | undefined, text: string): Error {
  const reason = text.split('\n', 1)[0] ?? '';
  const message = `Cannot read the input: dd ended with status ${String(status)} ${reason}`;
  return Object.assign(new Error(message.trim()), { code: 'EIO' });
}
