import { createWriteStream, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import type { Logger, transport as Transport } from 'winston';
import { makeDirectories } from './files/make-directories.ts';
import { LOG_LEVELS, type LogLevel } from './log-level.ts';
import { errorText } from './system-error.ts';
import { UserError } from './user-error.ts';

/** Extra fields of one line, e.g. `{ job: 'job-0007' }`; in the file only. */
export type LogFields = Readonly<Record<string, unknown>>;

/** One line per event or command, for reading with grep. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Ask before building a costly message. */
  isLevelEnabled(level: LogLevel): boolean;
  /** Resolves when every line so far is with the operating system. Later lines are dropped. */
  close(): Promise<void>;
}

export interface LogOptions {
  /** JSON lines are appended to it; its directory is made. Left out: no file. */
  readonly file?: string;
  /** `info` by default. */
  readonly level?: LogLevel;
  /** Who speaks: `manager`, `worker`. */
  readonly component: string;
  /** Where the short human form goes; false for nowhere. `process.stderr` by default. */
  readonly stderr?: Writable | false;
}

/**
 * Opens a log. Winston is loaded here and only here, so that commands which log nothing start lean.
 * @throws UserError when the file cannot be written
 */
export async function openLog(options: LogOptions): Promise<Log> {
  const file = options.file === undefined ? undefined : await openFile(options.file);
  const winston = await import('winston');
  const { format, transports } = winston.default;
  const sinks: Transport[] = [];
  if (file) {
    const toJson = format.printf((info) => textOf(info, jsonLine));
    sinks.push(new transports.Stream({ stream: file, format: toJson, eol: '\n' }));
  }
  const stderr = options.stderr ?? process.stderr;
  if (stderr !== false) {
    ignoreBrokenPipe(stderr);
    const toText = format.printf((info) => textOf(info, humanLine));
    sinks.push(new transports.Stream({ stream: stderr, format: toText, eol: '\n' }));
  }
  const level = options.level ?? 'info';
  const logger = winston.default.createLogger({
    level,
    levels: LOG_LEVELS,
    transports: sinks,
    silent: sinks.length === 0,
    // Each sink has its own form; winston's own would write everything once more as JSON.
    format: winston.default.format((info) => info)(),
  });
  return new WinstonLog(logger, { level, component: options.component }, sinks, file);
}

/** A log that goes nowhere, for tests and for clients. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  isLevelEnabled: () => false,
  close: () => Promise.resolve(),
};

/** While lines come faster, they wait for each other so long. */
const GATHER_MS = 20;

/**
 * Lines of one turn of the event loop go through winston together, and of many a moment: it takes
 * 30 µs for whatever it is handed, which is ten times what a line costs by itself.
 */
class WinstonLog implements Log {
  readonly #logger: Logger;
  readonly #level: LogLevel;
  readonly #component: string;
  readonly #sinks: readonly Transport[];
  readonly #file: WriteStream | undefined;
  #lines: Line[] = [];
  #flushedAtMs = Number.NEGATIVE_INFINITY;
  #closed: Promise<void> | undefined;

  constructor(
    logger: Logger,
    { level, component }: { readonly level: LogLevel; readonly component: string },
    sinks: readonly Transport[],
    file: WriteStream | undefined,
  ) {
    this.#logger = logger;
    this.#level = level;
    this.#component = component;
    this.#sinks = sinks;
    this.#file = file;
  }

  debug(message: string, fields?: LogFields): void {
    this.#write('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#write('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#write('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#write('error', message, fields);
  }

  isLevelEnabled(level: LogLevel): boolean {
    return LOG_LEVELS[level] <= LOG_LEVELS[this.#level];
  }

  close(): Promise<void> {
    this.#closed ??= this.#finish();
    return this.#closed;
  }

  #write(level: LogLevel, message: string, fields: LogFields | undefined): void {
    if (this.#closed || !this.isLevelEnabled(level)) return;
    if (this.#lines.length === 0) this.#flushSoon();
    const component = this.#component;
    this.#lines.push({ wallMs: Date.now(), level, component, message, fields });
  }

  /** At the end of this turn, unless there was a flush just now. */
  #flushSoon(): void {
    const flush = (): void => this.#flush();
    if (performance.now() - this.#flushedAtMs < GATHER_MS) setTimeout(flush, GATHER_MS);
    else setImmediate(flush);
  }

  /** What level a line has was judged before: what is handed over passes. */
  #flush(): void {
    const lines = this.#lines;
    if (lines.length === 0) return;
    this.#lines = [];
    this.#flushedAtMs = performance.now();
    this.#logger.log({ level: 'error', message: '', lines });
  }

  /** Winston hands lines on in its own time: without waiting for each `finish` they are lost. */
  async #finish(): Promise<void> {
    this.#flush();
    const finished = this.#sinks.map(
      (sink) => new Promise<void>((resolve) => void sink.once('finish', resolve)),
    );
    this.#logger.end();
    await Promise.all(finished);
    const file = this.#file;
    if (!file || file.destroyed) return;
    await new Promise<void>((resolve) => {
      file.once('close', resolve);
      file.end();
    });
  }
}

interface Line {
  /** Milliseconds since 1970. */
  readonly wallMs: number;
  readonly level: LogLevel;
  readonly component: string;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/** What winston hands to a sink: the lines of one turn, the last without its end. */
function textOf(info: object, form: (line: Line) => string): string {
  return (info as { readonly lines: readonly Line[] }).lines.map(form).join('\n');
}

function jsonLine({ wallMs, level, component, message, fields }: Line): string {
  const head = `{"time":"${isoTime(wallMs)}","level":"${level}","component":"${component}"`;
  const rest = fields === undefined ? '}' : restOf(fields);
  return `${head},"message":${JSON.stringify(message)}${rest}`;
}

function restOf(fields: LogFields): string {
  const json = JSON.stringify(fields);
  return json === '{}' ? json.slice(1) : `,${json.slice(1)}`;
}

function humanLine({ wallMs, level, message }: Line): string {
  const shown = level === 'info' ? '' : `${level === 'warn' ? 'warning' : level}: `;
  return `${clockTime(wallMs)} ${shown}${message}`;
}

const isoTime = lastKept((wallMs) => new Date(wallMs).toISOString());
const clockOfSecond = lastKept((second) => new Date(second * 1000).toTimeString().slice(0, 8));

/** `13:05:59` */
function clockTime(wallMs: number): string {
  return clockOfSecond(Math.floor(wallMs / 1000));
}

/** Remembers the last answer: most lines are of the same moment as the line before. */
function lastKept(text: (moment: number) => string): (moment: number) => string {
  let last = { moment: Number.NaN, text: '' };
  return (moment) => {
    if (last.moment !== moment) last = { moment, text: text(moment) };
    return last.text;
  };
}

async function openFile(path: string): Promise<WriteStream> {
  try {
    await makeDirectories(dirname(path), 0o700);
    return await openedForAppend(path);
  } catch (error) {
    const cause = errorText(error);
    throw new UserError(`Cannot write the log file "${path}": ${cause}`, undefined, {
      cause: error,
    });
  }
}

function openedForAppend(path: string): Promise<WriteStream> {
  return new Promise((resolve, reject) => {
    const stream = createWriteStream(path, { flags: 'a', mode: 0o600 });
    stream.once('error', reject);
    stream.once('open', () => {
      stream.off('error', reject);
      // A full disk must not end a daemon: the rest of the log is lost, and stderr says so.
      stream.once('error', (error) =>
        process.stderr.write(`The log ends here: ${error.message}\n`),
      );
      resolve(stream);
    });
  });
}

/** A terminal that was closed must not end a daemon. */
function ignoreBrokenPipe(stream: Writable): void {
  if (stream.listenerCount('error') === 0) stream.on('error', () => undefined);
}
