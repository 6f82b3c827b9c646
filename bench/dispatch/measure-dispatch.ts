import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { CleanUp } from '../clean-up.ts';
import type { GeneratorOrder, GeneratorReport } from './generator.ts';
import { ManagerProcess } from './manager-process.ts';

export interface DispatchOptions {
  /** Empty; everything is written there. */
  readonly directory: string;
  readonly workers: number;
  readonly tasks: number;
  /** How long each task lasts; 0 is answered at once. */
  readonly taskMs: number;
  readonly generators: number;
  readonly heartbeatMs: number;
  readonly cleanUp: CleanUp;
  /** Of Node, for the Manager, e.g. `--cpu-prof`. */
  readonly nodeFlags?: readonly string[] | undefined;
}

export interface DispatchResult {
  readonly assignments: number;
  /** Of which the Manager believed that they had gone: it was too busy to hear them. */
  readonly workersLost: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly managerCpuMicrosEach: number;
  readonly generatorCpuMicrosEach: number;
  readonly managerPeakBytes: number;
  readonly refillMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

const LINE_BYTES = 10;

/** Runs one job of empty tasks on a real Manager with simulated Workers. */
export async function measureDispatch(options: DispatchOptions): Promise<DispatchResult> {
  const { directory, tasks } = options;
  mkdirSync(`${directory}/shared`, { recursive: true, mode: 0o700 });
  const line = `${'x'.repeat(LINE_BYTES - 1)}\n`;
  writeFileSync(`${directory}/input`, line.repeat(tasks));
  const manager = await ManagerProcess.start(options);
  const generators: Generator[] = [];
  const end = options.cleanUp.add(async () => {
    for (const generator of generators) generator.end();
    await manager.stop();
  });
  try {
    const client = new Client(manager.port);
    await client.submit(directory, tasks);
    for (let index = 0; index < options.generators; index += 1) {
      generators.push(new Generator(orderFor(options, manager.port, index)));
    }
    await Promise.all(generators.map((generator) => generator.next('registered')));
    const before = manager.use();
    for (const generator of generators) generator.tell('go');
    const failed = generators.map((generator) => generator.failed);
    await Promise.race([client.mapped, client.finished, ...failed]);
    const after = manager.use();
    await Promise.race([client.finished, ...failed]);
    const reports = await Promise.all(generators.map((generator) => generator.report()));
    return summarize(reports, before.cpuMs, { ...after, peakBytes: manager.use().peakBytes });
  } finally {
    await end();
  }
}

function orderFor(options: DispatchOptions, port: number, index: number): GeneratorOrder {
  const { generators, workers, tasks } = options;
  const share = (total: number, at: number): number => Math.floor((total * at) / generators);
  return {
    port,
    firstWorker: share(workers, index),
    workers: share(workers, index + 1) - share(workers, index),
    taskMs: options.taskMs,
    heartbeatMs: options.heartbeatMs,
    mapDirectory: `${options.directory}/shared/jobs/job-0001/map`,
    firstTask: share(tasks, index),
    tasks: share(tasks, index + 1) - share(tasks, index),
  };
}

function summarize(
  reports: readonly GeneratorReport[],
  cpuBeforeMs: number,
  after: { readonly cpuMs: number; readonly peakBytes: number },
): DispatchResult {
  const assignments = reports.reduce((sum, report) => sum + report.assignments, 0);
  const firstAtMs = Math.min(...reports.map((report) => report.firstAtMs));
  const lastAtMs = Math.max(...reports.map((report) => report.lastAtMs));
  const seconds = (lastAtMs - firstAtMs) / 1000;
  const generatorCpuMs = reports.reduce((sum, report) => sum + report.cpuMs, 0);
  const refills = reports.flatMap((report) => report.refills).toSorted(([a], [b]) => a - b);
  return {
    assignments,
    workersLost: reports.reduce((sum, report) => sum + report.workersLost, 0),
    seconds,
    perSecond: assignments / seconds,
    managerCpuMicrosEach: ((after.cpuMs - cpuBeforeMs) * 1000) / assignments,
    generatorCpuMicrosEach: (generatorCpuMs * 1000) / assignments,
    managerPeakBytes: after.peakBytes,
    refillMs: {
      p50: quantile(refills, 0.5),
      p99: quantile(refills, 0.99),
      max: quantile(refills, 1),
    },
  };
}

/** Of sorted pairs of a value in tenths and how often it was seen. */
function quantile(counts: readonly (readonly [number, number])[], share: number): number {
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [tenths, count] of counts) {
    seen += count;
    if (seen >= share * total) return tenths / 10;
  }
  return 0;
}

/** Submits the job, and watches it as a waiting client does. */
class Client {
  readonly finished: Promise<void>;
  /** All maps are committed. */
  readonly mapped: Promise<void>;
  readonly #socket: Socket;
  #finish: () => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;
  #onAccepted: () => void = () => undefined;
  #onMapped: () => void = () => undefined;

  constructor(port: number) {
    this.#socket = createConnection({ port, host: '127.0.0.1' });
    this.finished = new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
    });
    this.mapped = new Promise((resolve) => (this.#onMapped = resolve));
    const lines = createInterface({ input: this.#socket });
    lines.on('line', (line) => this.#take(line));
  }

  async submit(directory: string, tasks: number): Promise<void> {
    this.#send({
      message_type: 'new_manager_job',
      input_directory: `${directory}/input`,
      output_directory: `${directory}/output`,
      mapper_executable: 'cat',
      reducer_executable: 'cat',
      num_mappers: tasks,
      num_reducers: 1,
    });
    const accepted = new Promise<void>((resolve) => (this.#onAccepted = resolve));
    await Promise.race([accepted, this.finished]);
    this.#send({ message_type: 'watch_job', job: null });
  }

  #send(document: object): void {
    this.#socket.write(`${JSON.stringify(document)}\n`);
  }

  #take(line: string): void {
    const message = JSON.parse(line) as {
      readonly message_type: string;
      readonly event?: { readonly kind: string; readonly stage?: string };
      readonly report?: { readonly outcome: string };
    };
    if (message.message_type === 'error') this.#fail(new Error(line));
    if (message.message_type === 'job_accepted') this.#onAccepted();
    const { event } = message;
    if (event?.kind === 'stage_started' && event.stage === 'reduce') this.#onMapped();
    if (message.message_type !== 'job_finished') return;
    if (message.report?.outcome === 'succeeded') this.#finish();
    else this.#fail(new Error(line.slice(0, 2000)));
  }
}

/** A process that stands for some of the Workers. */
class Generator {
  /** Rejects when the process ends before it was told to. */
  readonly failed: Promise<never>;
  readonly #child: ChildProcess;

  constructor(order: GeneratorOrder) {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    this.#child = fork(new URL(`./generator.${extension}`, import.meta.url), [
      JSON.stringify(order),
    ]);
    this.failed = once(this.#child, 'exit').then(() => {
      throw new Error('A load generator has ended');
    });
    // Nobody may be waiting when it ends as it should.
    this.failed.catch(() => undefined);
  }

  tell(kind: 'go' | 'report' | 'end'): void {
    if (this.#child.connected) this.#child.send({ kind });
  }

  async next(kind: 'registered' | 'report'): Promise<unknown> {
    for (;;) {
      const [message] = (await Promise.race([once(this.#child, 'message'), this.failed])) as [
        { readonly kind: string },
      ];
      if (message.kind === kind) return message;
    }
  }

  async report(): Promise<GeneratorReport> {
    const answer = this.next('report');
    this.tell('report');
    return ((await answer) as { readonly report: GeneratorReport }).report;
  }

  end(): void {
    this.tell('end');
  }
}
