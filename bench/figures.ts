import type { Figure, Measured, Metric, Sample, Target } from './benchmark.ts';
import { median } from './statistics.ts';
import type { Row, Side } from './workload.ts';

/** What the rounds of a workload gave, by side. */
export interface Found {
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
  /** Why a side was not run. */
  readonly absent: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
}

/** Reads one line of the table off the samples. */
export function figureOf(row: Row, found: Found): Figure {
  const { name, about, metric, target, unit } = row;
  const ran = row.peers.filter((peer) => !found.absent.has(peer));
  const needed = [row.ours, ...(row.less === undefined ? [] : [row.less])];
  const reason = needed.map((side) => found.absent.get(side)).find((absent) => absent);
  const best = fastest(ran, found.samples);
  const labels = (best === undefined ? row.peers : [best]).map((id) => found.labels.get(id) ?? id);
  const peer = labels.join(', ');
  const common = {
    row: name,
    about,
    metric,
    peer,
    ...(target === undefined ? {} : { target }),
    ...(unit === undefined ? {} : { unit }),
  };
  if (reason !== undefined) return { ...common, note: reason };
  if (metric === 'number') return { ...common, measured: countFiles(row, found) };
  if (best === undefined) {
    return { ...common, note: row.peers.map((side) => found.absent.get(side)).join(', ') };
  }
  return { ...common, measured: compare(row, best, found) };
}

/** The sides that some row needs which can be measured, with what is there. */
export function sidesToRun(
  rows: readonly Row[],
  sides: readonly Side[],
  absent: ReadonlyMap<string, string>,
): readonly Side[] {
  const needed = rows.flatMap(({ ours, peers, less, metric }) => {
    const own = less === undefined ? [ours] : [ours, less];
    const present = peers.filter((peer) => !absent.has(peer));
    const runs = own.every((side) => !absent.has(side));
    return runs && (metric === 'number' || present.length > 0) ? [...own, ...present] : [];
  });
  return sides.filter(({ id }) => needed.includes(id));
}

/** `not run`, `pass`, `miss`, or `-` where there is no target. */
export function verdict({ measured, target }: Figure): 'not run' | 'pass' | 'miss' | '-' {
  if (measured === undefined) return 'not run';
  if (target === undefined) return '-';
  return meets(measured.value, target) ? 'pass' : 'miss';
}

function meets(value: number, target: Target): boolean {
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
}

function fastest(
  sides: readonly string[],
  samples: ReadonlyMap<string, readonly Sample[]>,
): string | undefined {
  const wall = (side: string): number =>
    median((samples.get(side) ?? []).map(({ wallMs }) => wallMs));
  return sides.toSorted((a, b) => wall(a) - wall(b))[0];
}

function compare(row: Row, peer: string, { samples }: Found): Measured {
  const less = samples.get(row.less ?? '')?.map(({ wallMs }) => wallMs) ?? [];
  const timeOf = (sample: Sample): number => (row.metric === 'cpu' ? sample.cpuMs : sample.wallMs);
  const ours = (samples.get(row.ours) ?? []).map(
    (sample, round) => timeOf(sample) - (less[round] ?? 0),
  );
  const peers = (samples.get(peer) ?? []).map(timeOf);
  const values = ours.map((time, round) => relate(row.metric, time, peers[round] ?? Number.NaN));
  return summary(ours, peers, values);
}

function countFiles(row: Row, { samples }: Found): Measured {
  const counts = (samples.get(row.ours) ?? []).map(({ filesPeak = 0 }) => filesPeak);
  return { ...summary(counts, [], counts), value: Math.max(...counts) };
}

function summary(
  ours: readonly number[],
  peers: readonly number[],
  values: readonly number[],
): Measured {
  return {
    ours: median(ours),
    peers: median(peers),
    value: median(values),
    lowest: Math.min(...values),
    highest: Math.max(...values),
  };
}

function relate(metric: Metric, ours: number, peer: number): number {
  switch (metric) {
    case 'wall':
    case 'cpu':
      return ours / peer;
    case 'rate':
      return peer / ours;
    case 'extra-ms':
      return ours - peer;
    case 'number':
      return ours;
    default:
      return metric satisfies never;
  }
}
