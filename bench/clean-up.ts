/**
 * What is to be ended or removed, last first, whether the run comes to its end, fails or is
 * interrupted.
 */
export class CleanUp {
  readonly #steps = new Map<symbol, () => void | Promise<void>>();
  #isOver = false;

  /**
   * To be called before the thing is started. Gives the function that does it early.
   * @throws Error if the run is over: then nothing may be started any more
   */
  add(step: () => void | Promise<void>): () => Promise<void> {
    if (this.#isOver) throw new Error('Interrupted');
    const key = Symbol('step');
    this.#steps.set(key, step);
    return async () => {
      if (this.#steps.delete(key)) await step();
    };
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  async run(): Promise<void> {
    this.#isOver = true;
    for (const [key, step] of [...this.#steps].toReversed()) {
      if (!this.#steps.delete(key)) continue;
      // The next one wants its turn, whatever became of this one.
      await Promise.resolve()
        .then(step)
        .catch((error: unknown) => console.error('Cannot clean up:', error));
    }
  }
}
