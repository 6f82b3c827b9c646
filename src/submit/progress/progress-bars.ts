import { MultiBar, type SingleBar } from 'cli-progress';
import type { Terminal } from '../terminal.ts';
import type { ProgressDisplay } from './job-view.ts';
import { barText, type StageView } from './progress-text.ts';
import type { ProgressSnapshot } from './stage-meter.ts';

/** Erases from the cursor to the end of the line: what was there may have been longer. */
const ERASE_LINE_END = '\u001B[K';

/** A bar for the maps and one for the reduces, at the bottom of a terminal. */
export class ProgressBars implements ProgressDisplay {
  readonly #stderr: Terminal['stderr'];
  readonly #bars = new Map<string, SingleBar>();
  #multiBar: MultiBar | undefined;

  constructor(stderr: Terminal['stderr']) {
    this.#stderr = stderr;
  }

  show({ stages }: ProgressSnapshot): void {
    this.#multiBar ??= newMultiBar(this.#stderr);
    for (const view of stages) {
      const bar = this.#bars.get(view.label);
      if (bar) bar.update({ view });
      else this.#bars.set(view.label, this.#multiBar.create(1, 0, { view }));
    }
  }

  print(line: string): void {
    if (this.#multiBar === undefined) this.#stderr.write(`${line}\n`);
    else this.#multiBar.log(`${line}${ERASE_LINE_END}\n`);
  }

  stop(): void {
    // Stopping alone would drop the lines that wait for the next frame.
    this.#multiBar?.update();
    this.#multiBar?.stop();
    this.#multiBar = undefined;
  }
}

function newMultiBar(stream: Terminal['stderr']): MultiBar {
  return new MultiBar({
    stream,
    clearOnComplete: true,
    fps: 5,
    // The library cuts bars at the width; lines above them may wrap.
    linewrap: true,
    // Lines above the bars push them down, so each frame draws both anew.
    forceRedraw: true,
    // Signals are ours to answer.
    gracefulExit: false,
    format: (_options, params, payload: { readonly view: StageView }) =>
      barText(payload.view, params.maxWidth - 1),
  });
}
