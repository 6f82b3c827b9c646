import { brokenBy } from './compare-runs.ts';
import { judgeCombiner } from './judge-combiner.ts';
import { judgeMapper } from './judge-mapper.ts';
import { judgeReducer, type ReducerVerdict } from './judge-reducer.ts';
import type { Observations } from './observations.ts';
import { type Finding, SOUND, type Verdict } from './verdict.ts';

const NO_REDUCER: ReducerVerdict = { ...SOUND, state: 'sound' };

/**
 * Says which assumptions of MapReduce the programs break. Each finding names the program that is at
 * fault and is no consequence of another one.
 */
export function judge(seen: Observations): Verdict {
  const reducer = seen.reduce === undefined ? NO_REDUCER : judgeReducer(seen.reduce);
  const verdicts = [judgeMapper(seen, reducer), judgeCombiner(seen, reducer), reducer];
  const findings = verdicts.flatMap((verdict) => verdict.findings);
  return {
    findings: findings.length > 0 ? findings : judgeTogether(seen),
    unchecked: verdicts.flatMap(({ unchecked }) => unchecked),
    notes: verdicts.flatMap(({ notes }) => notes),
  };
}

/** Each program may be right by itself and yet not fit the others. */
function judgeTogether({ together, reduce }: Observations): readonly Finding[] {
  if (together === undefined || reduce === undefined) return [];
  const finding = brokenBy({
    culprit: 'job',
    assumption: 'programs_together',
    runs: ['one mapper and one reducer', 'many of each'],
    reference: reduce.reference,
    ran: together,
    forgiveRounding: true,
  });
  return finding === undefined ? [] : [finding];
}
