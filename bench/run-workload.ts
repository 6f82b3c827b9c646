import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, BenchmarkResult, ClusterPeaks, Sample } from './benchmark.ts';
import { Cluster, removeDirectory } from './cluster.ts';
import { missing } from './detect.ts';
import { figureOf, sidesToRun } from './figures.ts';
import { FileCounter } from './file-counter.ts';
import { heartbeatGapMs } from './heartbeat-gap.ts';
import { REPOSITORY } from './repository.ts';
import { type Digest, digested, type ShellOptions, timed } from './shell.ts';
import type { Side, Workload } from './workload.ts';

const PROGRAMS = join(REPOSITORY, 'bench/programs');

/** A side as it is run: present, and with one line. */
interface Contender {
  readonly side: Side;
  readonly line: string;
  readonly cluster: Cluster | undefined;
}

/** Runs a workload: warm-up and choice among variants, rounds, a watched run for the heartbeats. */
export async function runWorkload(workload: Workload, bench: Bench): Promise<BenchmarkResult> {
  const run = new WorkloadRun(workload, bench);
  try {
    return await run.result();
  } finally {
    await run.stop();
  }
}

class WorkloadRun {
  readonly #workload: Workload;
  readonly #bench: Bench;
  readonly #clusters = new Map<string, Cluster>();
  readonly #samples = new Map<string, Sample[]>();
  readonly #absent = new Map<string, string>();

  constructor(workload: Workload, bench: Bench) {
    this.#workload = workload;
    this.#bench = bench;
  }

  async result(): Promise<BenchmarkResult> {
    const rows = this.#workload.rows.filter((row) => this.#bench.wants(row.name));
    for (const side of this.#workload.sides) {
      const reason = missing(side.needs ?? []);
      if (reason !== undefined) this.#absent.set(side.id, reason);
    }
    const contenders = await this.#warmUp(sidesToRun(rows, this.#workload.sides, this.#absent));
    const rounds = this.#bench.rounds * (this.#workload.roundsFactor ?? 1);
    for (let round = 1; round <= rounds; round++) await this.#round(contenders, round, rounds);
    const peaks = await this.#peaks(contenders);
    const labels = new Map(this.#workload.sides.map((side) => [side.id, side.label]));
    const found = { samples: this.#samples, absent: this.#absent, labels };
    return {
      figures: rows.map((row) => figureOf(row, found)),
      peaks,
      sides: contenders.map(({ side, line }) => {
        return { label: side.label, line, samples: this.#samples.get(side.id) ?? [] };
      }),
    };
  }

  async stop(): Promise<void> {
    for (const cluster of this.#clusters.values()) await cluster.stop();
  }

  /** Every line runs once on an input that no round has; the fastest of its side stays. */
  async #warmUp(sides: readonly Side[]): Promise<readonly Contender[]> {
    const directory = this.#makeInput('warm-up', 0);
    const contenders: Contender[] = [];
    const digests = new Map<string, Digest>();
    for (const side of sides) {
      const cluster = await this.#clusterOf(side);
      let best = Infinity;
      let chosen = '';
      for (const line of side.lines) {
        const contender = { side, line, cluster };
        const { sample, digest } = await this.#runOnce(contender, directory);
        checkSame(digests, side, digest);
        const tried = side.lines.length > 1 ? `: ${seconds(sample.wallMs)}` : '';
        this.#bench.say(`  ${side.label}: ${line}${tried}`);
        if (sample.wallMs >= best) continue;
        best = sample.wallMs;
        chosen = line;
      }
      contenders.push({ side, line: chosen, cluster });
      if (side.lines.length > 1) this.#bench.say(`  ${side.label} counts with: ${chosen}`);
    }
    removeDirectory(directory);
    return contenders;
  }

  async #round(contenders: readonly Contender[], round: number, rounds: number): Promise<void> {
    const directory = this.#makeInput(`round-${String(round)}`, round);
    const digests = new Map<string, Digest>();
    const times: string[] = [];
    // Nobody goes first every time.
    const order = round % 2 === 1 ? contenders : contenders.toReversed();
    for (const contender of order) {
      const { side } = contender;
      const { sample, digest } = await this.#runOnce(contender, directory);
      checkSame(digests, side, digest);
      const samples = this.#samples.get(side.id) ?? [];
      samples.push(sample);
      this.#samples.set(side.id, samples);
      times.push(`${side.label} ${seconds(sample.wallMs)} (CPU ${seconds(sample.cpuMs)})`);
    }
    removeDirectory(directory);
    this.#bench.say(`  round ${String(round)} of ${String(rounds)}: ${times.join(', ')}`);
  }

  /** A directory with the programs and a new input. */
  #makeInput(name: string, round: number): string {
    const directory = join(this.#bench.directory, name);
    mkdirSync(directory);
    for (const program of this.#workload.programs ?? []) {
      copyFileSync(join(PROGRAMS, program), join(directory, program));
    }
    const { seed, scale } = this.#bench;
    this.#workload.makeInput?.({ directory, seed: seed + round, scale });
    return directory;
  }

  async #clusterOf({ cluster: spec }: Side): Promise<Cluster | undefined> {
    if (spec === undefined) return undefined;
    const running = this.#clusters.get(spec.name);
    if (running) return running;
    const directory = join(this.#bench.directory, `cluster-${String(this.#clusters.size)}`);
    const cluster = await Cluster.start(spec, { directory, cleanUp: this.#bench.cleanUp });
    this.#clusters.set(spec.name, cluster);
    return cluster;
  }

  async #runOnce(
    { side, line, cluster }: Contender,
    directory: string,
  ): Promise<{ readonly sample: Sample; readonly digest: Digest | undefined }> {
    const options = this.#shellOptions(directory, cluster);
    const counter =
      side.countsFiles && cluster ? new FileCounter(cluster.sharedDirectory) : undefined;
    const cpuBefore = (await cluster?.cpuMs()) ?? 0;
    const { wallMs, cpuMs } = await timed(line, options);
    const filesPeak = counter?.stop();
    const daemonsCpuMs = ((await cluster?.cpuMs()) ?? 0) - cpuBefore;
    const sample = {
      wallMs,
      cpuMs: cpuMs + daemonsCpuMs,
      ...(filesPeak === undefined ? {} : { filesPeak }),
    };
    const digest = side.result === undefined ? undefined : await digested(side.result, options);
    for (const path of side.writes ?? []) {
      rmSync(join(directory, path), { recursive: true, force: true });
    }
    return { sample, digest };
  }

  #shellOptions(directory: string, cluster: Cluster | undefined): ShellOptions {
    const { cleanUp } = this.#bench;
    if (!cluster) return { directory, cleanUp };
    const env = { MAPREDUCE_MANAGER_PORT: String(cluster.port) };
    return { directory, cleanUp, env };
  }

  /**
   * Memory of the clusters of the rounds; then, as heartbeats are in the log at level debug only,
   * which would slow the timed ones down, each job once more on a cluster that logs them.
   */
  async #peaks(contenders: readonly Contender[]): Promise<readonly ClusterPeaks[]> {
    const peaks: ClusterPeaks[] = [];
    for (const [name, cluster] of this.#clusters) {
      const ours = contenders.filter(({ side }) => side.cluster?.name === name);
      const spec = ours[0]?.side.cluster;
      if (spec === undefined) continue;
      const sizes = cluster.peaks();
      await cluster.stop();
      const directory = join(this.#bench.directory, 'watched');
      const { cleanUp } = this.#bench;
      const watched = await Cluster.start(spec, { directory, cleanUp, loglevel: 'debug' });
      const inputs = this.#makeInput('watched-input', 0);
      for (const { side, line } of ours)
        await this.#runOnce({ side, line, cluster: watched }, inputs);
      await watched.stop();
      peaks.push({
        cluster: name,
        ...sizes,
        workerBytesMax: workerBytesMax(spec.slots, spec.sortBuffer),
        managerBytesMax: MANAGER_BYTES_MAX,
        heartbeatGapMs: heartbeatGapMs(watched.logfile),
      });
      removeDirectory(directory);
      removeDirectory(inputs);
    }
    return peaks;
  }
}

const MANAGER_BYTES_MAX = 150e6;

/** Slots times buffer, 100 MB, and 15 MB a slot. */
function workerBytesMax(slots: number, sortBuffer: number): number {
  return slots * (sortBuffer + 15e6) + 100e6;
}

/** @throws Error if a result is empty, or is not that of the side before it */
function checkSame(digests: Map<string, Digest>, side: Side, digest: Digest | undefined): void {
  if (digest === undefined) return;
  if (digest.bytes === 0) throw new Error(`The result of ${side.label} is empty`);
  const [other] = digests;
  digests.set(side.label, digest);
  if (!other || other[1].sha256 === digest.sha256) return;
  throw new Error(
    `The result of ${side.label} (${String(digest.bytes)} bytes) is not that of ${other[0]} ` +
      `(${String(other[1].bytes)} bytes)`,
  );
}

function seconds(timeMs: number): string {
  return `${(timeMs / 1000).toFixed(2)} s`;
}
