import { MultiBar, type SingleBar } from 'cli-progress';
import type { Terminal } from '../terminal.ts';
import type { ProgressDisplay } from './job-view.ts';
import { barText, type StageView, statusText } from './progress-text.ts';
import type { ProgressSnapshot } from './stage-meter.ts';

/** Erases from the cursor to the end of the line: what was there may have been longer. */
const ERASE_LINE_END = '\u001B[K';

/** What one line at the bottom shows. */
type Line = { readonly view: StageView } | { readonly status: string };

/** A bar for the maps and one for the reduces, at the bottom of a terminal, and a status below. */
export class ProgressBars implements ProgressDisplay {
  readonly #stderr: Terminal['stderr'];
  readonly #bars = new Map<string, SingleBar>();
  #multiBar: MultiBar | undefined;

  constructor(stderr: Terminal['stderr']) {
    this.#stderr = stderr;
  }

  show({ stages, status }: ProgressSnapshot): void {
    this.#multiBar ??= newMultiBar(this.#stderr);
    for (const view of stages) this.#draw(this.#multiBar, view.label, { view });
    // A program that reports nothing takes no line.
    if (status === '' && !this.#bars.has('status')) return;
    this.#draw(this.#multiBar, 'status', { status });
  }

  #draw(multiBar: MultiBar, name: string, line: Line): void {
    const bar = this.#bars.get(name);
    if (bar) bar.update(line);
    else this.#bars.set(name, multiBar.create(1, 0, line));
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
    format: (_options, params, line: Line) => {
      const columns = params.maxWidth - 1;
      return 'view' in line ? barText(line.view, columns) : statusText(line.status, columns);
    },
  });
}
