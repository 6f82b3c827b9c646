import { joinBytes } from './join-bytes.ts';

export interface BoundedLogLimits {
  readonly headBytes: number;
  readonly tailBytes: number;
}

export interface LastLinesLimits {
  readonly lines: number;
  readonly bytes: number;
}

const DEFAULT_LIMITS: BoundedLogLimits = { headBytes: 256 * 1024, tailBytes: 256 * 1024 };
const PIECES_MAX = 1024;
/** What a person reads of a failure without opening the log. */
const LAST_LINES: LastLinesLimits = { lines: 20, bytes: 8 * 1024 };
const TAIL_LINE_CHARACTERS = 400;

/** Keeps the head and the tail of what is written, and how much was cut between them. */
export class BoundedLog {
  readonly #limits: BoundedLogLimits;
  readonly #head: Uint8Array[] = [];
  #headBytes = 0;
  readonly #tail: Uint8Array[] = [];
  #tailBytes = 0;
  #cutBytes = 0;

  constructor(limits: BoundedLogLimits = DEFAULT_LIMITS) {
    this.#limits = limits;
  }

  /** Copies the bytes. */
  write(bytes: Uint8Array): void {
    const room = Math.min(this.#limits.headBytes - this.#headBytes, bytes.length);
    if (room > 0) {
      this.#head.push(joinBytes([bytes.subarray(0, room)]));
      this.#headBytes += room;
      joinWhenMany(this.#head);
    }
    if (room < bytes.length) this.#writeTail(bytes.subarray(room));
  }

  /** The log's content, with a line in the middle that says how much was cut. */
  content(): Uint8Array {
    if (this.#tailBytes > this.#limits.tailBytes) this.#trimTail();
    const cut =
      this.#cutBytes === 0 ? '' : `\n[${String(this.#cutBytes)} bytes of this log were cut here]\n`;
    return joinBytes([...this.#head, new TextEncoder().encode(cut), ...this.#tail]);
  }

  /** The last lines, decoded; bytes that are not UTF-8 are replaced. 20 lines unless told. */
  lastLines(limits: LastLinesLimits = LAST_LINES): readonly string[] {
    const end = joinBytes([...this.#head, ...this.#tail]).subarray(-limits.bytes);
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(end);
    const lines = text.replace(/\n$/, '').split('\n').slice(-limits.lines);
    return lines.length === 1 && lines[0] === '' ? [] : lines.map(shorten);
  }

  #writeTail(bytes: Uint8Array): void {
    const kept = bytes.subarray(-this.#limits.tailBytes);
    this.#cutBytes += bytes.length - kept.length;
    this.#tail.push(joinBytes([kept]));
    this.#tailBytes += kept.length;
    joinWhenMany(this.#tail);
    if (this.#tailBytes > 2 * this.#limits.tailBytes) this.#trimTail();
  }

  #trimTail(): void {
    const joined = joinBytes(this.#tail);
    const kept = joined.slice(-this.#limits.tailBytes);
    this.#cutBytes += joined.length - kept.length;
    this.#tail.splice(0, this.#tail.length, kept);
    this.#tailBytes = kept.length;
  }
}

/** A log of very short lines must not become a heap of very small buffers. */
function joinWhenMany(pieces: Uint8Array[]): void {
  if (pieces.length >= PIECES_MAX) pieces.splice(0, pieces.length, joinBytes(pieces));
}

function shorten(line: string): string {
  return line.length <= TAIL_LINE_CHARACTERS ? line : `${line.slice(0, TAIL_LINE_CHARACTERS)}…`;
}
