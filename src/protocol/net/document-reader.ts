import { decodeLine, type Refusal, tooLong } from '../decode.ts';
import type { Direction, MessageOf } from '../directions.ts';
import { LineSplitter, type SplitLine } from '../line-splitter.ts';

/** What a line turned out to be. */
export type Reading<M> =
  | { readonly kind: 'message'; readonly message: M }
  | {
      readonly kind: 'bad';
      readonly refusal: Refusal;
      /** False for a refused `error`: answering it could go on for ever. */
      readonly answer: boolean;
      /** The connection ends with this document. */
      readonly last: boolean;
    }
  | { readonly kind: 'http' };

/** Bad documents on a connection before it is closed. */
const BAD_DOCUMENTS_MAX = 10;

/** Request lines of browsers are shorter; anything longer is a bad document like others. */
const REQUEST_LINE_BYTES_MAX = 65_536;

/**
 * The framing rules of one connection, without its socket: lines in, messages and refusals out.
 *
 * The first document decides whether this peer speaks the protocol at all: when it is bad the
 * connection ends, so that no line inside another protocol's request is ever taken for a message.
 */
export class DocumentReader<D extends Direction> {
  readonly #direction: D;
  readonly #splitter = new LineSplitter();
  #documents = 0;
  #badDocuments = 0;

  constructor(direction: D) {
    this.#direction = direction;
  }

  /** Whether an unfinished line has begun. */
  get midLine(): boolean {
    return this.#splitter.midLine;
  }

  /** Documents so far, good and bad. */
  get documents(): number {
    return this.#documents;
  }

  push(chunk: Uint8Array): readonly SplitLine[] {
    return this.#splitter.push(chunk);
  }

  /** What is left when the peer ends its side: a last line without a newline counts. */
  end(): SplitLine | undefined {
    return this.#splitter.end();
  }

  /** After a silence: takes the unfinished line if it is a whole document already. */
  takeWhole(): SplitLine | undefined {
    const whole = this.#splitter.peekWhole();
    if (whole === undefined) return undefined;
    const decoded = decodeLine(whole, this.#direction);
    if (!decoded.ok && decoded.code === 'bad_json') return undefined;
    return { line: this.#splitter.take() };
  }

  /** Judges a line; undefined for a blank one. */
  read(split: SplitLine): Reading<MessageOf<D>> | undefined {
    if ('tooLong' in split) return this.#bad(tooLong());
    if (isBlank(split.line)) return undefined;
    if (this.#documents === 0 && isHttpRequest(split.line)) return { kind: 'http' };
    const decoded = decodeLine(split.line, this.#direction);
    if (!decoded.ok) return this.#bad(decoded);
    this.#documents++;
    return { kind: 'message', message: decoded.message };
  }

  #bad(refusal: Refusal): Reading<MessageOf<D>> {
    this.#documents++;
    this.#badDocuments++;
    return {
      kind: 'bad',
      refusal,
      answer: refusal.messageType !== 'error',
      last: this.#documents === 1 || this.#badDocuments >= BAD_DOCUMENTS_MAX,
    };
  }
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

/** `POST / HTTP/1.1`: any web page can make a browser send this to a local port. */
function isHttpRequest(line: Uint8Array): boolean {
  if (line.length > REQUEST_LINE_BYTES_MAX) return false;
  return /^[A-Z]{3,20} \S+ HTTP\/\d(?:\.\d)?\s*$/i.test(Buffer.from(line).toString('latin1'));
}
