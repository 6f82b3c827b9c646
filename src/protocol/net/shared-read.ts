/** Shares one read among everybody who asks before it starts: a list can be long. */
export class SharedRead {
  readonly #start: () => Promise<string>;
  #running: Promise<string> | undefined;
  #next: Promise<string> | undefined;

  constructor(start: () => Promise<string>) {
    this.#start = start;
  }

  /** What a read that starts after this call finds. */
  read(): Promise<string> {
    if (this.#running === undefined) return this.#run();
    const again = (): Promise<string> => {
      this.#next = undefined;
      return this.#run();
    };
    this.#next ??= this.#running.then(again, again);
    return this.#next;
  }

  #run(): Promise<string> {
    const running = this.#start().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }
}
