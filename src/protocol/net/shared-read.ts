/** Shares one read among everybody who asks before it starts: a list can be long. */
export class SharedRead<Content> {
  readonly #start: () => Promise<Content>;
  #running: Promise<Content> | undefined;
  #next: Promise<Content> | undefined;

  constructor(start: () => Promise<Content>) {
    this.#start = start;
  }

  /** What a read that starts after this call finds. */
  read(): Promise<Content> {
    if (this.#running === undefined) return this.#run();
    const again = (): Promise<Content> => {
      this.#next = undefined;
      return this.#run();
    };
    this.#next ??= this.#running.then(again, again);
    return this.#next;
  }

  #run(): Promise<Content> {
    const running = this.#start().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }
}
