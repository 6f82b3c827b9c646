import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { connect } from 'node:net';
import { SimulatedWorker } from './simulated-worker.ts';

/** What a generator process is told to do. */
export interface GeneratorOrder {
  readonly port: number;
  readonly firstWorker: number;
  readonly workers: number;
  readonly taskMs: number;
  readonly heartbeatMs: number;
  /** Where to make the runs of these tasks beforehand. */
  readonly mapDirectory: string;
  readonly firstTask: number;
  readonly tasks: number;
}

/** What it found; times are milliseconds since 1970, so that processes can be compared. */
export interface GeneratorReport {
  readonly assignments: number;
  /** Connections that the Manager closed. */
  readonly workersLost: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** Counts by whole tenths of a millisecond. */
  readonly refills: readonly (readonly [number, number])[];
  readonly cpuMs: number;
}

const CONNECTIONS_AT_ONCE = 100;
const TICK_MS = 2;

async function generate(order: GeneratorOrder): Promise<void> {
  for (let task = order.firstTask; task < order.firstTask + order.tasks; task += 1) {
    const name = `map-${String(task).padStart(5, '0')}.1.run`;
    closeSync(openSync(`${order.mapDirectory}/${name}`, 'w'));
  }
  const load = new Load(order);
  await load.connect();
  process.send?.({ kind: 'registered' });
  process.on('message', (message: { readonly kind: string }) => {
    if (message.kind === 'go') load.go();
    if (message.kind === 'report') process.send?.({ kind: 'report', report: load.report() });
    if (message.kind === 'end') process.exit(0);
  });
}

class Load {
  readonly #order: GeneratorOrder;
  readonly #workers: SimulatedWorker[] = [];
  readonly #refills = new Map<number, number>();
  #assignments = 0;
  #lost = 0;
  #firstAtMs = 0;
  #lastAtMs = 0;
  #acknowledged = 0;
  #onAcknowledged: () => void = () => undefined;
  #cpu = process.cpuUsage();

  constructor(order: GeneratorOrder) {
    this.#order = order;
  }

  /** Registers all Workers; none is ready yet. */
  async connect(): Promise<void> {
    const { workers } = this.#order;
    this.#beat();
    for (let from = 0; from < workers; from += CONNECTIONS_AT_ONCE) {
      const count = Math.min(CONNECTIONS_AT_ONCE, workers - from);
      await Promise.all(Array.from({ length: count }, (_, index) => this.#open(from + index)));
      while (this.#acknowledged < from + count) {
        await new Promise<void>((resolve) => (this.#onAcknowledged = resolve));
      }
    }
  }

  go(): void {
    this.#cpu = process.cpuUsage();
    for (const worker of this.#workers) worker.ready();
    if (this.#order.taskMs === 0) return;
    setInterval(() => {
      const nowMs = performance.now();
      for (const worker of this.#workers) worker.tick(nowMs);
    }, TICK_MS);
  }

  report(): GeneratorReport {
    const { user, system } = process.cpuUsage(this.#cpu);
    return {
      assignments: this.#assignments,
      workersLost: this.#lost,
      firstAtMs: performance.timeOrigin + this.#firstAtMs,
      lastAtMs: performance.timeOrigin + this.#lastAtMs,
      refills: [...this.#refills],
      cpuMs: (user + system) / 1000,
    };
  }

  async #open(index: number): Promise<void> {
    const { port, firstWorker, workers, taskMs } = this.#order;
    const tcp = connect({ port, host: '127.0.0.1' });
    await once(tcp, 'connect');
    tcp.on('close', () => {
      this.#lost += 1;
    });
    const udp = createSocket('udp4');
    const worker = new SimulatedWorker(
      `bench-${String(firstWorker + index)}`,
      { tcp, udp },
      { taskMs, phase: (index + 1) / workers },
      {
        acknowledged: () => {
          this.#acknowledged += 1;
          this.#onAcknowledged();
        },
        assigned: (nowMs, refillMs) => this.#note(nowMs, refillMs),
      },
    );
    this.#workers.push(worker);
    worker.register();
  }

  /** Heartbeats of all Workers, spread over the interval. */
  #beat(): void {
    const { heartbeatMs, port } = this.#order;
    const steps = Math.max(1, Math.floor(heartbeatMs / 20));
    let step = 0;
    setInterval(() => {
      const nowMs = performance.now();
      for (let at = step; at < this.#workers.length; at += steps) {
        this.#workers[at]?.heartbeat(port, nowMs);
      }
      step = (step + 1) % steps;
    }, heartbeatMs / steps);
  }

  #note(nowMs: number, refillMs: number | undefined): void {
    if (this.#assignments === 0) this.#firstAtMs = nowMs;
    this.#assignments += 1;
    this.#lastAtMs = nowMs;
    if (refillMs === undefined) return;
    const tenths = Math.floor(refillMs * 10);
    this.#refills.set(tenths, (this.#refills.get(tenths) ?? 0) + 1);
  }
}

await generate(JSON.parse(process.argv[2] ?? '{}') as GeneratorOrder);
