import { type JobScript, OLD_PART, oracle, outputsFromBefore } from '../job-script.ts';
import type { DirectoryNode, SimDisk } from '../sim-disk.ts';
import type { DurableJournal } from './durable-journal.ts';
import type { InvariantName } from './violation.ts';

type Tell = (name: InvariantName, message: string) => void;

/** Checks what lies under the names that users look at. */
export class OutputCheck {
  readonly #disk: SimDisk;
  readonly #journal: DurableJournal;
  readonly #tell: Tell;
  readonly #scripts: readonly JobScript[];
  readonly #outputs: ReadonlySet<string>;
  readonly #fromBefore: ReadonlySet<string>;

  constructor(
    around: { readonly disk: SimDisk; readonly scripts: ReadonlyMap<string, JobScript> },
    journal: DurableJournal,
    tell: Tell,
  ) {
    this.#disk = around.disk;
    this.#journal = journal;
    this.#tell = tell;
    this.#scripts = [...around.scripts.values()];
    this.#outputs = new Set(this.#scripts.map((script) => script.output));
    this.#fromBefore = outputsFromBefore(this.#scripts);
  }

  /** The output of a job that succeeded is that of a run without faults. */
  mustBeWhole(script: JobScript): void {
    const wrong = this.#differsFrom(script.output, oracle(script));
    if (wrong !== undefined) this.#tell('I3', `the output of ${script.id}: ${wrong}`);
  }

  /** Where no job has succeeded there is what was there before, and nothing else. */
  mustBeUntouched(output: string, mayHaveFailedTwice: boolean): void {
    // A disk that refuses the undoing too leaves the new output, whole, and the job says so.
    if (mayHaveFailedTwice && this.#isOutputOfAny(output)) return;
    const wasThere = this.#fromBefore.has(output);
    const isThere = this.#disk.find(output) !== undefined;
    if (!isThere && !wasThere) return;
    if (!isThere || !wasThere) {
      return this.#tell('I5', `${output} is ${isThere ? '' : 'not '}there without a success`);
    }
    const wrong = this.#differsFrom(output, new Map([['part-00000', OLD_PART]]));
    if (wrong !== undefined) this.#tell('I5', `the old output ${output}: ${wrong}`);
  }

  /** A name appears where users look: only the point of no return allows that. */
  changed(path: string): void {
    const slash = path.lastIndexOf('/');
    const isInside = this.#outputs.has(path.slice(0, slash));
    if (!isInside && !this.#outputs.has(path)) return;
    const output = isInside ? path.slice(0, slash) : path;
    for (const job of this.#journal.durable.jobs.values()) {
      if (job.accepted.place.directory === output && job.isPublishing) return;
    }
    if (this.isPreparing) return;
    this.#tell('I5', `"${path}" changes before any job there was recorded as publishing`);
  }

  /** While the simulation itself lays out what was there before. */
  isPreparing = false;

  #isOutputOfAny(output: string): boolean {
    const wanted = this.#scripts.filter((script) => script.output === output);
    return wanted.some((script) => this.#differsFrom(output, oracle(script)) === undefined);
  }

  #differsFrom(directory: string, expected: ReadonlyMap<string, string>): string | undefined {
    const node = this.#disk.find(directory);
    if (node?.kind !== 'directory') return `"${directory}" is not there`;
    const there = contentsOf(node);
    for (const [name, text] of expected) {
      const content = there.get(name);
      if (content === undefined) return `"${name}" is missing`;
      if (content !== text) return `"${name}" has another content`;
    }
    for (const name of there.keys()) {
      if (!expected.has(name)) return `"${name}" should not be there`;
    }
    return undefined;
  }
}

/** Of every file in a directory and those below it, by its path from there. */
function contentsOf(directory: DirectoryNode): ReadonlyMap<string, string> {
  const contents = new Map<string, string>();
  for (const [name, node] of directory.names) {
    if (node.kind === 'file') contents.set(name, node.content.toString());
    else for (const [inner, text] of contentsOf(node)) contents.set(`${name}/${inner}`, text);
  }
  return contents;
}
