import { chmodSync, closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { LeftOut } from '../../inputs/line-filter.ts';
import { taskName } from '../../protocol/ids.ts';
import { attemptDirectory, BAD_RECORD_FILES, BAD_RECORDS_NAME } from '../../protocol/job-layout.ts';
import type { ExceptedLine, NewMapTask } from '../../protocol/manager-orders.ts';
import type { OutputFile } from '../../protocol/worker-messages.ts';
import { writeFully } from '../../shuffle/write-fully.ts';

const LINE_FEED = 0x0a;
const NEWLINE = Uint8Array.of(LINE_FEED);

/** One line of the records of what was left out, as JSON. */
export interface LeftOutRecord {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
  readonly task: string;
  readonly cause: string;
}

interface LeftOutLine {
  readonly line: number;
  readonly file: string;
  readonly offset: number;
  length: number;
}

/**
 * Keeps the lines that an attempt leaves out of its input, beside its result: one file with the lines
 * as they are, and one that says of each where it was and at what the mapper failed.
 */
export class LeftOutLines {
  readonly #order: NewMapTask;
  readonly #directory: string;
  readonly #causes: ReadonlyMap<number, string>;
  readonly #path: string;
  readonly #descriptor: number;
  readonly #records: LeftOutLine[] = [];
  #isOpen = true;
  #bytes = 0;
  #checksum = 0;
  #lastByte = LINE_FEED;

  constructor(order: NewMapTask, except: readonly ExceptedLine[]) {
    this.#order = order;
    this.#causes = new Map(except.map(({ line, cause }) => [line, cause]));
    const staged = attemptDirectory(order.staging_directory, order);
    this.#directory = join(staged, BAD_RECORDS_NAME);
    mkdirSync(this.#directory);
    this.#path = join(this.#directory, BAD_RECORD_FILES.lines);
    this.#descriptor = openSync(this.#path, 'wx');
  }

  add({ line, offset, bytes }: LeftOut, file: string): void {
    const last = this.#records.at(-1);
    if (last?.line === line) last.length += bytes.length;
    else {
      this.#endLine();
      this.#records.push({ line, file, offset, length: bytes.length });
    }
    this.#write(bytes);
  }

  /** @returns both files, as a message lists them */
  finish(): readonly OutputFile[] {
    this.#endLine();
    this.close();
    const { lines, records } = BAD_RECORD_FILES;
    const content = Buffer.from(this.#records.map((record) => this.#describe(record)).join(''));
    writeFileSync(join(this.#directory, records), content, { flag: 'wx' });
    for (const name of [lines, records])
      chmodSync(join(this.#directory, name), this.#order.output_mode);
    const count = this.#records.length;
    return [
      outputFile(lines, { bytes: this.#bytes, records: count, checksum: this.#checksum }),
      outputFile(records, { bytes: content.length, records: count, checksum: crc32(content) }),
    ];
  }

  /** Idempotent. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#descriptor);
  }

  #describe({ line, file, offset, length }: LeftOutLine): string {
    const task = taskName(this.#order);
    const cause = this.#causes.get(line) ?? '';
    const record: LeftOutRecord = { file, offset, length, task, cause };
    return `${JSON.stringify(record)}\n`;
  }

  /** The last line of a file may have no newline. */
  #endLine(): void {
    if (this.#lastByte !== LINE_FEED) this.#write(NEWLINE);
  }

  #write(bytes: Uint8Array): void {
    writeFully(this.#descriptor, bytes, this.#path);
    this.#bytes += bytes.length;
    this.#checksum = crc32(bytes, this.#checksum);
    this.#lastByte = bytes.at(-1) ?? this.#lastByte;
  }
}

function outputFile(
  name: string,
  { bytes, records, checksum }: { bytes: number; records: number; checksum: number },
): OutputFile {
  return { name: `${BAD_RECORDS_NAME}/${name}`, bytes, records, crc32: checksum };
}
