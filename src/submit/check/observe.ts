import type { JobReport } from '../../protocol/job-report.ts';
import { differenceOf } from './line-difference.ts';
import { combinedOnly, observeCombining } from './observe-combining.ts';
import { observeReducing } from './observe-reducing.ts';
import type { CombineObservations, MapObservations, Observations, Ran } from './observations.ts';
import type { Laboratory, Subject } from './laboratory.ts';
import type { Source, Trial } from './trial.ts';

/** Either everything, or the failure of the job as it stands. */
export type Observed =
  | { readonly outcome: 'observed'; readonly seen: Observations }
  | { readonly outcome: 'failed'; readonly report: JobReport };

/**
 * Runs the programs in all the ways whose outcomes `judge` compares. The reducer and the combiner
 * are tried on what the mapper wrote once, so that its faults do not look like theirs.
 */
export async function observe(subject: Subject, laboratory: Laboratory): Promise<Observed> {
  const whole = await laboratory.run(mapperAlone(subject, 'whole'));
  if (whole.outcome === 'failed') return whole;
  const cut = await laboratory.run(mapperAlone(subject, 'many'));
  const map = { whole: whole.lines, cut };
  return subject.mapOnly
    ? observeMapOnly(subject, laboratory, map)
    : observeAll(subject, laboratory, map);
}

type Mapped = Pick<MapObservations, 'whole' | 'cut'>;

async function observeMapOnly(
  subject: Subject,
  laboratory: Laboratory,
  mapped: Mapped,
): Promise<Observed> {
  const again = await laboratory.again(mapperAlone(subject, 'whole'));
  const map = { ...mapped, again, reduced: undefined };
  const none = { reduce: undefined, combine: undefined, together: undefined };
  return { outcome: 'observed', seen: { sampleLines: subject.sample.lines, map, ...none } };
}

async function observeAll(
  subject: Subject,
  laboratory: Laboratory,
  mapped: Mapped,
): Promise<Observed> {
  const { whole, cut } = mapped;
  const differs = cut.outcome === 'written' && differenceOf(whole, cut.lines) !== undefined;
  const reducing = await observeReducing(subject, laboratory, { whole, cut, differs });
  if (reducing.outcome === 'failed') return reducing;
  const { mixed, reference, seen, reduced } = reducing;
  const combining =
    subject.combiner === 'none' ? undefined : await observeCombining(subject, laboratory, mixed);
  const together = await laboratory.run(everything(subject));
  return {
    outcome: 'observed',
    seen: {
      sampleLines: subject.sample.lines,
      map: { ...mapped, reduced, again: await laboratory.again(mapperAlone(subject, 'whole')) },
      reduce: { ...seen, again: await laboratory.again(reference) },
      combine: combining && (await finishCombining(combining, mixed, laboratory)),
      together,
    },
  };
}

type Combining = Awaited<ReturnType<typeof observeCombining>>;

async function finishCombining(
  { whole, cut, program }: Combining,
  source: Source,
  laboratory: Laboratory,
): Promise<CombineObservations> {
  if (program === undefined) return { whole, cut, program };
  const { output } = program;
  // Where it fails already, the result tells enough.
  const again: Ran =
    output.outcome === 'failed' ? output : await laboratory.again(combinedOnly(source));
  return { whole, cut, program: { ...program, again } };
}

function mapperAlone({ sample }: Subject, splits: Trial['splits']): Trial {
  return {
    title: splits === 'whole' ? 'mapper, as one process' : 'mapper, in many splits',
    source: sample,
    splits,
    mapper: 'own',
    combiner: false,
    reducer: 'none',
    reducers: 0,
  };
}

/** A combiner program runs once for each split and reducer: few of them are enough here. */
function everything({ sample, combiner }: Subject): Trial {
  return {
    title: 'all programs together',
    source: sample,
    splits: 'many',
    mapper: 'own',
    combiner: combiner !== 'none',
    reducer: 'own',
    reducers: 3,
  };
}
