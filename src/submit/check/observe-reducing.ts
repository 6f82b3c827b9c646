import type { Laboratory, Subject } from './laboratory.ts';
import type { Lines } from './line-difference.ts';
import type { Failed, Ran, Reduced, ReduceObservations } from './observations.ts';
import { factsOf, reducersFor, shuffled } from './records.ts';
import type { Source, Trial } from './trial.ts';

/** What the mapper wrote. */
interface MapOutput {
  readonly whole: Lines;
  readonly cut: Ran;
  /** Whether the two are not the same lines. */
  readonly differs: boolean;
}

interface Reducing {
  readonly outcome: 'written';
  /** The map output that the trials of the reducer read. */
  readonly source: Source;
  /** The same in another order. */
  readonly mixed: Source;
  /** The trial to be done again. */
  readonly reference: Trial;
  readonly seen: Omit<ReduceObservations, 'again'>;
  readonly reduced: Reduced | undefined;
}

/**
 * Tries the reducer on one map output: that of many splits, where a key has more values, if a mapper
 * adds up by itself; that of one process when the reducer cannot take the other.
 */
export async function observeReducing(
  { keyRule, sortValues }: Subject,
  laboratory: Laboratory,
  output: MapOutput,
): Promise<Reducing | Failed> {
  const reduced = await reduceBoth(laboratory, output);
  const lines = chooseLines(output, reduced);
  const source = await laboratory.write('map-output', lines);
  const reference = reducerAlone(source);
  const ran = await laboratory.run(reference);
  if (ran.outcome === 'failed') return ran;
  const reducers = reducersFor(lines, keyRule);
  const apart = await laboratory.run({
    ...reducerAlone(source),
    title: `reducer, as ${String(reducers)} processes`,
    splits: 'many',
    reducers,
  });
  const mixed = await laboratory.write('map-output-mixed', shuffled(lines));
  const reordered = sortValues ? undefined : await reorder(laboratory, lines, mixed);
  return {
    outcome: 'written',
    source,
    mixed,
    reference,
    reduced,
    seen: { facts: factsOf(lines, keyRule), reference: ran.lines, apart, reducers, reordered },
  };
}

/** In sorted order, so that a difference is not one of order. */
async function reduceBoth(
  laboratory: Laboratory,
  { whole, cut, differs }: MapOutput,
): Promise<Reduced | undefined> {
  if (cut.outcome === 'failed' || !differs) return undefined;
  const ofWhole = await laboratory.write('map-output-of-one', whole.toSorted());
  const ofCut = await laboratory.write('map-output-of-many', cut.lines.toSorted());
  return {
    whole: await laboratory.run({ ...reducerAlone(ofWhole), title: 'reducer, after one mapper' }),
    cut: await laboratory.run({ ...reducerAlone(ofCut), title: 'reducer, after many mappers' }),
  };
}

function chooseLines({ whole, cut }: MapOutput, reduced: Reduced | undefined): Lines {
  return cut.outcome === 'failed' || reduced?.cut.outcome === 'failed' ? whole : cut.lines;
}

async function reorder(
  laboratory: Laboratory,
  lines: Lines,
  mixed: Source,
): Promise<readonly Ran[]> {
  const reversed = await laboratory.write('map-output-reversed', lines.toReversed());
  return [
    await laboratory.run({ ...reducerAlone(reversed), title: 'reducer, values in reverse order' }),
    await laboratory.run({ ...reducerAlone(mixed), title: 'reducer, values in a mixed order' }),
  ];
}

function reducerAlone(source: Source): Trial {
  return {
    title: 'reducer, as one process',
    source,
    splits: 'whole',
    mapper: 'identity',
    combiner: false,
    reducer: 'own',
    reducers: 1,
  };
}
