import { partitionOf } from '../../../src/shuffle/hash.ts';
import type { Laboratory, Subject } from '../../../src/submit/check/laboratory.ts';
import type { Lines } from '../../../src/submit/check/line-difference.ts';
import type { Ran } from '../../../src/submit/check/observations.ts';
import { keyOf } from '../../../src/submit/check/records.ts';
import type { Source, Trial } from '../../../src/submit/check/trial.ts';
import { failedReport } from '../sample-report.ts';

/** What a program that fails throws. */
export class ProgramFailure extends Error {}

/** One process: all that it reads and all that it writes. */
export type Program = (lines: Lines) => Lines;

export interface Programs {
  readonly mapper: Program;
  readonly combiner?: Program;
  /** Undefined for a map-only job. */
  readonly reducer?: Program;
}

const SPLITS = 5;
const RULE = { separator: '\t', keyFields: 1 };

/** A MapReduce of a few lines, without processes: an independent model of what jobs do. */
export class SimulatedLaboratory implements Laboratory {
  readonly #programs: Programs;
  readonly #files = new Map<string, Lines>();

  constructor(programs: Programs) {
    this.#programs = programs;
  }

  run(trial: Trial): Promise<Ran> {
    try {
      return Promise.resolve({ outcome: 'written', lines: this.#run(trial), splits: SPLITS });
    } catch (error) {
      if (!(error instanceof ProgramFailure)) throw error;
      return Promise.resolve({ outcome: 'failed', report: failedReport() });
    }
  }

  again(trial: Trial): Promise<Ran> {
    return this.run(trial);
  }

  write(name: string, lines: Lines): Promise<Source> {
    this.#files.set(name, lines);
    return Promise.resolve({ paths: [name], bytes: lines.join('\n').length + 1 });
  }

  async subject(sample: Lines, changes: Partial<Subject> = {}): Promise<Subject> {
    const { reducer, combiner } = this.#programs;
    return {
      sample: { ...(await this.write('sample', sample)), lines: sample.length },
      mapOnly: reducer === undefined,
      combiner: combiner === undefined ? 'none' : 'program',
      sortValues: false,
      keyRule: RULE,
      ...changes,
    };
  }

  #run({ source, splits, mapper, combiner, reducer, reducers }: Trial): Lines {
    const lines = source.paths.flatMap((path) => this.#files.get(path) ?? []);
    const map = mapper === 'own' ? this.#programs.mapper : identity;
    const mapped = cut(lines, splits === 'whole' ? 1 : SPLITS).map((share) => map(share));
    if (reducer === 'none') return mapped.flat();
    const combine = combiner ? (this.#programs.combiner ?? identity) : identity;
    const runs = mapped.flatMap((output) => partition(output, reducers).map(byKey));
    const combined = runs.flatMap((run) => combine(run));
    const reduce = reducer === 'own' ? (this.#programs.reducer ?? identity) : identity;
    return partition(combined, reducers).flatMap((share) => reduce(byKey(share)));
  }
}

function identity(lines: Lines): Lines {
  return lines;
}

function cut(lines: Lines, shares: number): readonly Lines[] {
  const size = Math.max(1, Math.ceil(lines.length / shares));
  return Array.from({ length: shares }, (_, index) =>
    lines.slice(index * size, (index + 1) * size),
  );
}

function partition(lines: Lines, partitions: number): readonly Lines[] {
  const shares = Array.from({ length: partitions }, (): string[] => []);
  for (const line of lines) {
    const key = Buffer.from(keyOf(line, RULE), 'latin1');
    shares[partitionOf(key, partitions)]?.push(line);
  }
  return shares;
}

/** Stable, as sorting is since ES2019. */
function byKey(lines: Lines): Lines {
  return lines.toSorted((first, second) => {
    const [a, b] = [keyOf(first, RULE), keyOf(second, RULE)];
    return a < b ? -1 : Number(a > b);
  });
}
