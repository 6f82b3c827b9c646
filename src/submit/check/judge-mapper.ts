import { brokenBy, compareRuns, instabilityOf, UNSTABLE } from './compare-runs.ts';
import type { ReducerVerdict } from './judge-reducer.ts';
import type { MapObservations, Observations, Ran } from './observations.ts';
import { type Finding, SOUND, type Unchecked, type Verdict } from './verdict.ts';

const STATE = 'state across lines';
const LOCAL_SUMS =
  'What the mapper writes depends on where its input is cut, as when it adds up by itself; the result does not';

/** @param reducer of a map-only job: sound */
export function judgeMapper(
  { map, reduce, sampleLines }: Pick<Observations, 'map' | 'reduce' | 'sampleLines'>,
  reducer: ReducerVerdict,
): Verdict {
  const unstable = instabilityOf('mapper', map.whole, map.again);
  if (unstable !== undefined) {
    const left = unchecked(UNSTABLE);
    return { ...SOUND, findings: [unstable], unchecked: [left] };
  }
  const cut = brokenBy({
    culprit: 'mapper',
    assumption: 'state_across_lines',
    runs: ['as one process', `in ${splitsOf(map.cut)} splits`],
    reference: map.whole,
    ran: map.cut,
  });
  if (cut === undefined) return sampleLines > 1 ? SOUND : tooShort();
  return judgeCut(cut, map, reduce === undefined ? undefined : reducer);
}

/** Adding up inside a mapper is good practice: only the result tells whether it was right. */
function judgeCut(
  cut: Finding,
  { cut: ran, reduced }: MapObservations,
  reducer: ReducerVerdict | undefined,
): Verdict {
  const broken = { ...SOUND, findings: [cut] };
  if (ran.outcome === 'failed' || reduced === undefined || reducer === undefined) return broken;
  const { whole, cut: fromCut } = reduced;
  if (whole.outcome === 'failed' || fromCut.outcome === 'failed') return broken;
  if (compareRuns(whole.lines, fromCut).equal !== 'no') return { ...SOUND, notes: [LOCAL_SUMS] };
  if (reducer.state !== 'unstable') return broken;
  const left = unchecked(
    'what it writes depends on where its input is cut, which may be right: the result would tell if the reducer always gave the same',
  );
  return { ...SOUND, unchecked: [left] };
}

function splitsOf(ran: Ran): string {
  return String(ran.outcome === 'failed' ? ran.report.maps.tasks : ran.splits);
}

function tooShort(): Verdict {
  return { ...SOUND, unchecked: [unchecked('the sample has no two lines')] };
}

function unchecked(because: string): Unchecked {
  return { culprit: 'mapper', what: STATE, because };
}
