import type { BenchmarkResult, ClusterPeaks, Figure, Measured } from './benchmark.ts';
import { verdict } from './figures.ts';
import { median } from './statistics.ts';

/** Rows of cells; the first row is the head. */
export type Table = readonly (readonly string[])[];

/** What a benchmark gave, with its name. */
export interface Named {
  readonly benchmark: string;
  readonly result: Pick<BenchmarkResult, 'peaks' | 'sides'>;
}

/** The table of ratios. */
export function figureTable(figures: readonly Figure[]): Table {
  const names = ['row', 'workload', 'peer', 'ours', 'peer’s'];
  return [[...names, 'measure', 'result', 'range', 'target', ''], ...figures.map(figureCells)];
}

/** Times of all sides, with the lines that were timed. */
export function sidesTable(results: readonly Named[]): Table {
  const cells = results.flatMap(({ benchmark, result }) =>
    result.sides.map(({ label, line, samples }) => [
      benchmark,
      label,
      seconds(median(samples.map(({ wallMs }) => wallMs))),
      seconds(median(samples.map(({ cpuMs }) => cpuMs))),
      line,
    ]),
  );
  return [['benchmark', 'side', 'wall', 'CPU', 'line'], ...cells];
}

/** Memory and heartbeats of the clusters that the figures come from. */
export function peaksTable(results: readonly Named[]): Table {
  const names = ['benchmark', 'cluster', 'Worker', 'at most', 'Manager', 'at most', 'heartbeats'];
  const cells = results.flatMap(({ benchmark, result }) =>
    result.peaks.map((found) => [
      benchmark,
      found.cluster,
      mib(found.workerBytes),
      mib(found.workerBytesMax),
      mib(found.managerBytes),
      mib(found.managerBytesMax),
      `${seconds(found.heartbeatGapMs)} apart`,
      withinBounds(found) ? 'pass' : 'miss',
    ]),
  );
  return [[...names, ''], ...cells];
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

/** Memory within its bounds, and no more than 3 s between two heartbeats. */
function withinBounds(peaks: ClusterPeaks): boolean {
  return (
    peaks.workerBytes <= peaks.workerBytesMax &&
    peaks.managerBytes <= peaks.managerBytesMax &&
    peaks.heartbeatGapMs <= HEARTBEAT_GAP_MS_MAX
  );
}

function figureCells(figure: Figure): readonly string[] {
  const { row, about, peer, measured, target, note = '' } = figure;
  const said = verdict(figure);
  const outcome = said === 'not run' ? `not run: ${note}` : said;
  const numbers = measured === undefined ? ['-', '-'] : timesOf(figure, measured);
  const values = measured === undefined ? ['-', '-'] : valuesOf(figure, measured);
  const [result = '', range = ''] = values;
  const names = [row, about, peer === '' ? '-' : peer];
  return [
    ...names,
    ...numbers,
    measureOf(figure),
    result,
    range,
    targetOf(figure, target),
    outcome,
  ];
}

function timesOf(figure: Figure, { ours, peers }: Measured): readonly string[] {
  if (figure.metric === 'number') return [value(figure, ours), '-'];
  return [seconds(ours), seconds(peers)];
}

function valuesOf(figure: Figure, measured: Measured): readonly string[] {
  const { lowest, highest } = measured;
  return [value(figure, measured.value), `${value(figure, lowest)} to ${value(figure, highest)}`];
}

function measureOf({ metric, unit = '' }: Figure): string {
  switch (metric) {
    case 'wall':
      return 'wall, ours / peer';
    case 'cpu':
      return 'CPU, ours / peer';
    case 'rate':
      return 'rate, ours / peer';
    case 'extra-ms':
      return 'wall, ours − peer';
    case 'number':
      return unit;
    default:
      return metric satisfies never;
  }
}

function targetOf(figure: Figure, target: Figure['target']): string {
  if (target === undefined) return '-';
  return 'atMost' in target
    ? `≤ ${value(figure, target.atMost)}`
    : `≥ ${value(figure, target.atLeast)}`;
}

function value({ metric }: Figure, number: number): string {
  if (metric === 'extra-ms') return `${number.toFixed(0)} ms`;
  if (metric === 'number') return plain(number);
  return number.toFixed(2);
}

/** Small numbers keep a digit behind the point. */
function plain(number: number): string {
  return number.toFixed(Math.abs(number) < 100 && !Number.isInteger(number) ? 1 : 0);
}

function seconds(timeMs: number): string {
  return `${(timeMs / 1000).toFixed(2)} s`;
}

function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
