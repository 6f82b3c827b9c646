/** Whether the shared directory can be written to, of which several keep watch. */
export class Room {
  readonly #onChange: (hasRoom: boolean, detail: string) => void;
  readonly #lacking = new Map<string, string>();

  /** @param onChange told when the first one lacks room, and when none does any more */
  constructor(onChange: (hasRoom: boolean, detail: string) => void) {
    this.#onChange = onChange;
  }

  /** What one of them sees now. */
  note(watcher: string, hasRoom: boolean, detail: string): void {
    const before = this.#lacking.size;
    if (hasRoom) this.#lacking.delete(watcher);
    else this.#lacking.set(watcher, detail);
    if ((before === 0) !== (this.#lacking.size === 0)) this.#onChange(hasRoom, detail);
  }
}
