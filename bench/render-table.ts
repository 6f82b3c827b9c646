import type { ClusterPeaks, Figure, Measured, Metric } from './benchmark.ts';
import { verdict } from './figures.ts';

/** Rows of cells; the first row is the head. */
export type Table = readonly (readonly string[])[];

/** The table of ratios. */
export function figureTable(figures: readonly Figure[]): Table {
  const head = [
    'row',
    'workload',
    'peer',
    'ours',
    'peer’s',
    'measure',
    'result',
    'range',
    'target',
    '',
  ];
  return [head, ...figures.map(figureCells)];
}

/** Memory and heartbeats of the clusters that the figures come from. */
export function peaksTable(
  peaks: readonly { readonly benchmark: string; readonly peaks: ClusterPeaks }[],
): Table {
  const head = [
    'benchmark',
    'cluster',
    'Worker',
    'at most',
    'Manager',
    'at most',
    'heartbeats',
    '',
  ];
  const cells = peaks.map(({ benchmark, peaks: found }) => [
    benchmark,
    found.cluster,
    mib(found.workerBytes),
    mib(found.workerBytesMax),
    mib(found.managerBytes),
    mib(found.managerBytesMax),
    `${seconds(found.heartbeatGapMs)} apart`,
    withinBounds(found) ? 'pass' : 'miss',
  ]);
  return [head, ...cells];
}

/** Memory within its bounds, and no more than 3 s between two heartbeats. */
export function withinBounds(peaks: ClusterPeaks): boolean {
  return (
    peaks.workerBytes <= peaks.workerBytesMax &&
    peaks.managerBytes <= peaks.managerBytesMax &&
    peaks.heartbeatGapMs <= HEARTBEAT_GAP_MS_MAX
  );
}

/** As Markdown, columns padded so that it reads well as it stands. */
export function markdown(table: Table): string {
  const escaped = table.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const [head = [], ...rest] = escaped;
  const widths = head.map((_, column) =>
    Math.max(3, ...escaped.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)].join('\n');
}

const HEARTBEAT_GAP_MS_MAX = 3000;

const MEASURES: Readonly<Record<Metric, string>> = {
  wall: 'wall, ours / peer',
  cpu: 'CPU, ours / peer',
  rate: 'rate, ours / peer',
  'extra-ms': 'wall, ours − peer',
  count: 'count',
};

function figureCells(figure: Figure): readonly string[] {
  const { row, about, peer, metric, measured, note = '' } = figure;
  const said = verdict(figure);
  const outcome = said === 'not run' ? `not run: ${note}` : said;
  const common = [row, about, peer || '-'];
  if (measured === undefined) {
    return [...common, '-', '-', MEASURES[metric], '-', '-', targetText(figure), outcome];
  }
  return [
    ...common,
    time(metric, measured.ours),
    Number.isNaN(measured.peers) ? '-' : time(metric, measured.peers),
    MEASURES[metric],
    value(metric, measured.value),
    range(metric, measured),
    targetText(figure),
    outcome,
  ];
}

function time(metric: Metric, number: number): string {
  return metric === 'count' ? number.toFixed(0) : seconds(number);
}

function range(metric: Metric, { lowest, highest }: Measured): string {
  return `${value(metric, lowest)} to ${value(metric, highest)}`;
}

function value(metric: Metric, number: number): string {
  if (metric === 'extra-ms') return `${number.toFixed(0)} ms`;
  return number.toFixed(metric === 'count' ? 0 : 2);
}

function targetText({ metric, target }: Figure): string {
  if (target === undefined) return '-';
  return 'atMost' in target
    ? `≤ ${value(metric, target.atMost)}`
    : `≥ ${value(metric, target.atLeast)}`;
}

function seconds(timeMs: number): string {
  return `${(timeMs / 1000).toFixed(2)} s`;
}

function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
