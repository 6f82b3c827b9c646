import { connect, type Socket } from 'node:net';

/** A JSON document as it came. */
export type Document = Readonly<Record<string, unknown>> & { readonly message_type: string };

/** A raw connection that writes documents and waits for answers. */
export class Wire {
  readonly #socket: Socket;
  readonly #documents: Document[] = [];
  #text = '';
  #closed = false;
  #wake: () => void = () => undefined;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.#socket.on('data', (chunk) => this.#take(chunk.toString('utf8')));
    this.#socket.on('error', () => undefined);
    this.#socket.on('end', () => this.#close());
    this.#socket.on('close', () => this.#close());
  }

  send(document: object): void {
    this.#socket.write(`${JSON.stringify(document)}\n`);
  }

  /** Sends a last document, without a newline, and no more: as `nc -N` does. */
  sendLast(document: object | string): void {
    this.#socket.end(typeof document === 'string' ? document : JSON.stringify(document));
  }

  /** Stops reading, as a stuck client would. */
  pause(): void {
    this.#socket.pause();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** The next document of this type; others before it are passed over. */
  async next(messageType: string): Promise<Document> {
    for (;;) {
      for (let document = this.#documents.shift(); document; document = this.#documents.shift()) {
        if (document.message_type === messageType) return document;
      }
      if (this.#closed) throw new Error(`closed before "${messageType}" came`);
      await this.#more();
    }
  }

  /** All documents that come until the other end closes. */
  async rest(): Promise<Document[]> {
    while (!this.#closed) await this.#more();
    return this.#documents.splice(0);
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #take(text: string): void {
    const lines = (this.#text + text).split('\n');
    this.#text = lines.pop() ?? '';
    for (const line of lines) this.#documents.push(JSON.parse(line) as Document);
    this.#wake();
  }

  #close(): void {
    this.#closed = true;
    this.#socket.end();
    this.#wake();
  }
}
