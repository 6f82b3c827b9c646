import type { Laboratory, Subject } from './laboratory.ts';
import type { CombineObservations, CombinerProgramObservations } from './observations.ts';
import type { Source, Trial } from './trial.ts';

/** All but what is done again later. */
interface Combining extends Omit<CombineObservations, 'program'> {
  readonly program: Omit<CombinerProgramObservations, 'again'> | undefined;
}

/**
 * Tries the combiner on map output: never, once, and more than once for a value.
 * @param source in a mixed order: what comes regularly gives shares in which nothing shows
 */
export async function observeCombining(
  { combiner }: Subject,
  laboratory: Laboratory,
  source: Source,
): Promise<Combining> {
  const whole = await laboratory.run(combined(source, 'whole', 'combiner, on all values'));
  const cut = await laboratory.run(combined(source, 'many', 'combiner, on shares of the values'));
  if (combiner === 'builtin') return { whole, cut, program: undefined };
  const output = await laboratory.run(combinedOnly(source));
  if (output.outcome === 'failed') {
    return { whole, cut, program: { output, twice: undefined } };
  }
  const own = await laboratory.write('combined', output.lines);
  const twice = await laboratory.run(combined(own, 'whole', 'combiner, on its own output'));
  return { whole, cut, program: { output, twice } };
}

/** The combiner's own output, as it is. */
export function combinedOnly(source: Source): Trial {
  return { ...combined(source, 'many', 'combiner, its output alone'), reducer: 'identity' };
}

function combined(source: Source, splits: Trial['splits'], title: string): Trial {
  return { title, source, splits, mapper: 'identity', combiner: true, reducer: 'own', reducers: 1 };
}
