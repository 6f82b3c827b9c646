import { brokenBy, type Expectation, instabilityOf, UNSTABLE } from './compare-runs.ts';
import type { ReducerVerdict } from './judge-reducer.ts';
import type {
  CombineObservations,
  CombinerProgramObservations,
  Observations,
  ReduceObservations,
} from './observations.ts';
import { type Finding, SOUND, type Unchecked, type Verdict } from './verdict.ts';

const WITHOUT = 'without the combiner';

/** The reducer's output from the same map output, with the combiner in between and without it. */
export function judgeCombiner(
  { combine, reduce }: Pick<Observations, 'combine' | 'reduce'>,
  reducer: ReducerVerdict,
): Verdict {
  if (combine === undefined || reduce === undefined) return SOUND;
  const { program } = combine;
  const unstable = program && unstableOutput(program);
  if (unstable !== undefined) {
    const left = unchecked(UNSTABLE);
    return { ...SOUND, findings: [unstable], unchecked: [left] };
  }
  if (reducer.state === 'unsound' || reducer.state === 'unstable') {
    const left = unchecked("the reducer's fault would show in the result too");
    return { ...SOUND, unchecked: [left] };
  }
  const finding = changesTheResult(combine, reduce, reducer.state === 'rounds');
  if (finding !== undefined) return { ...SOUND, findings: [finding] };
  if (reduce.facts.keysOfSeveral > 0) return SOUND;
  return { ...SOUND, unchecked: [unchecked('no key of the sample has two values')] };
}

function unstableOutput({ output, again }: CombinerProgramObservations): Finding | undefined {
  // Where it fails at once, the result tells so too.
  if (output.outcome === 'failed') return undefined;
  return instabilityOf('combiner', output.lines, again);
}

/** The first of the ways to combine that shows in the result: each tells of another mistake. */
function changesTheResult(
  { whole, cut, program }: CombineObservations,
  { reference }: ReduceObservations,
  forgiveRounding: boolean,
): Finding | undefined {
  const same = { culprit: 'combiner', reference, forgiveRounding } as const;
  const ways: readonly Expectation[] = [
    {
      ...same,
      assumption: 'combiner_changes_values',
      runs: [WITHOUT, 'with it, all values at once'],
      ran: whole,
    },
    {
      ...same,
      assumption: 'combiner_not_associative',
      runs: [WITHOUT, 'with it, on shares of the values'],
      ran: cut,
    },
    ...(program?.twice === undefined
      ? []
      : [
          {
            ...same,
            assumption: 'combiner_not_repeatable',
            runs: [WITHOUT, 'with it, and again on its own output'],
            ran: program.twice,
          } as const,
        ]),
  ];
  for (const way of ways) {
    const finding = brokenBy(way);
    if (finding !== undefined) return finding;
  }
  return undefined;
}

function unchecked(because: string): Unchecked {
  return { culprit: 'combiner', what: 'whether it changes the result', because };
}
