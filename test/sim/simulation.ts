import { Timeline } from '../manager/scheduler/harness/timeline.ts';
import { Audit } from './audit/audit.ts';
import type { Violation } from './audit/violation.ts';
import { SimCluster } from './cluster.ts';
import { Dice } from './dice.ts';
import { Faults } from './faults.ts';
import { OLD_PART, outputsFromBefore } from './job-script.ts';
import { Network } from './network.ts';
import { ManagerHost } from './manager-host.ts';
import { CLEAR, HEALTHY, planOfSeed, type SimPlan } from './sim-plan.ts';
import type { SimWorker } from './sim-worker.ts';
import { SHARED, type Surroundings } from './surroundings.ts';
import type { Totals } from './totals.ts';
import { Trace } from './trace.ts';
import { SimDisk } from './sim-disk.ts';

export interface SimOutcome {
  readonly plan: SimPlan;
  readonly violation: Violation | undefined;
}

export interface SimOptions {
  readonly totals: Totals;
  /** A core that stops itself is a crash, and no violation. */
  readonly assertionsAreCrashes?: boolean;
  /** Takes every line of a story of what happened. */
  readonly write?: (line: string) => void;
}

/** How long everything may take once all is well. */
const HEALED_MS = 900_000;
/** And what comes after the last answer: acknowledgements, removal of files. */
const AFTERGLOW_MS = 15_000;
const VISIT_MS = 3000;
const ACTIONS_MAX = 400_000;
/** How often somebody looks whether there is a Worker. */
const KEEPING_MS = 1000;

/** Runs one seed: faults first, then none, and everything has to come to its end. */
export async function simulate(seed: number, options: SimOptions): Promise<SimOutcome> {
  const simulation = new Simulation(seed, options);
  await simulation.run();
  options.totals.seeds += 1;
  return { plan: simulation.plan, violation: simulation.audit.violation };
}

class Simulation {
  readonly plan: SimPlan;
  readonly audit: Audit;
  readonly #timeline = new Timeline();
  readonly #dice: Dice;
  readonly #world: Surroundings;
  readonly #cluster: SimCluster;
  readonly #faults: Faults;
  #isHealed = false;
  readonly #host: ManagerHost;
  #actions = 0;

  constructor(seed: number, options: SimOptions) {
    this.#dice = new Dice(seed);
    this.plan = planOfSeed(seed, this.#dice);
    const { totals } = options;
    const disk = new SimDisk();
    const scripts = new Map(this.plan.scripts.map((script) => [script.id, script]));
    this.audit = new Audit({
      disk,
      nowMs: () => this.#timeline.nowMs,
      scripts,
      readsMayFail: this.plan.health.eio > 0,
      assertionsAreCrashes: options.assertionsAreCrashes ?? false,
    });
    this.#world = {
      timeline: this.#timeline,
      dice: this.#dice,
      network: new Network(this.#timeline, this.#dice, { ...this.plan.weather }, totals),
      disk,
      health: { ...this.plan.health, stall: 0 },
      deliveries: { isDue: false },
      totals,
      trace: options.write && new Trace(() => this.#timeline.nowMs, options.write),
      audit: this.audit,
      scripts,
      isHealed: () => this.#isHealed,
    };
    this.#cluster = new SimCluster(this.#world);
    this.#host = new ManagerHost(this.#world, this.#cluster, this.plan.sort);
    this.#faults = new Faults(
      this.#world,
      this.#cluster,
      {
        killManager: (kind) => this.#host.end(kind),
        takeOver: () => this.#host.takeOver(),
        layAmbush: (death) => this.#host.layAmbush(death),
      },
      this.plan.sort,
    );
    this.#layOut();
    this.#host.start();
    this.#schedule();
  }

  async run(): Promise<void> {
    await this.#runUntil(this.plan.healAtMs, () => false);
    this.#heal();
    await this.#runUntil(this.#timeline.nowMs + HEALED_MS, () => this.#isDone);
    if (!this.#isDone) this.audit.broken('I9', this.#unfinished());
    await this.#runUntil(this.#timeline.nowMs + AFTERGLOW_MS, () => false);
    this.#judgeEnd();
  }

  get #isDone(): boolean {
    return this.#cluster.clients.every((client) => client.isDone);
  }

  #layOut(): void {
    const { disk, audit, scripts } = this.#world;
    audit.output.isPreparing = true;
    for (const path of [`${SHARED}/jobs`, `${SHARED}/journal`, '/out']) disk.makeDirectories(path);
    for (const output of outputsFromBefore(scripts.values())) {
      disk.makeDirectories(output);
      disk.writeFile(`${output}/part-00000`, OLD_PART);
    }
    disk.syncAll();
    audit.output.isPreparing = false;
  }

  #schedule(): void {
    const { plan } = this;
    for (const { slots, slowness, joinsAtMs } of plan.workers) {
      this.#timeline.at(joinsAtMs, () => this.#cluster.startWorker({ slots, slowness }));
    }
    for (const client of this.#cluster.clients) {
      const { submitAtMs, cancelAtMs } = client.script;
      this.#timeline.at(submitAtMs, () => client.begin());
      if (cancelAtMs === undefined) continue;
      this.#timeline.at(submitAtMs + cancelAtMs, () => client.cancel());
    }
    for (let atMs = 0; atMs < plan.healAtMs; atMs += VISIT_MS) {
      this.#timeline.at(atMs, () => this.#cluster.askForWorkers());
    }
    const { health } = this.#world;
    this.#timeline.at(plan.stallsFromMs, () => {
      health.stall = plan.health.stall;
    });
    for (let fault = 0; fault < plan.faults; fault += 1) {
      this.#timeline.at(this.#dice.whole(0, plan.healAtMs - 1), () => this.#faults.strike());
    }
  }

  /** Everything works from now on, and one Worker is sure to be there. */
  #heal(): void {
    this.#isHealed = true;
    this.#host.noMoreAmbushes();
    this.#host.start();
    const { network, health } = this.#world;
    Object.assign(network.weather, CLEAR);
    network.mend();
    Object.assign(health, HEALTHY);
    for (const worker of this.#cluster.workers) {
      worker.blindness = 'none';
      worker.hasNoRoom = false;
    }
    this.#keepWorker(this.#cluster.startWorker({ slots: 2, slowness: 1 }));
  }

  /** There is always one Worker, or soon again, on which nothing was ever wrong. */
  #keepWorker(worker: SimWorker): void {
    const kept = worker.isAlive ? worker : this.#cluster.startWorker({ slots: 2, slowness: 1 });
    this.#timeline.after(KEEPING_MS, () => this.#keepWorker(kept));
  }

  async #runUntil(endMs: number, isDone: () => boolean): Promise<void> {
    const { deliveries } = this.#world;
    while (!isDone() && !this.audit.violation) {
      const nextMs = this.#timeline.nextMs;
      if (nextMs === undefined || nextMs > endMs) break;
      this.#timeline.doNext();
      this.#actions += 1;
      this.#world.totals.events += 1;
      if (this.#actions > ACTIONS_MAX) this.audit.broken('I9', 'it goes round in circles');
      if (!deliveries.isDue) continue;
      deliveries.isDue = false;
      // Whoever waited for the disk goes on before anything else happens.
      await new Promise(setImmediate);
    }
  }

  #judgeEnd(): void {
    const { sort } = this.plan;
    if (sort !== 'stormy') this.audit.mustHaveRunOnce();
    for (const client of this.#cluster.clients) {
      const { script, report } = client;
      const others = this.#cluster.clients.filter((other) => other.script.output === script.output);
      if (report?.outcome === 'succeeded' && others.length === 1) {
        this.audit.output.mustBeWhole(script);
      }
      if (others.some((other) => other.report?.outcome === 'succeeded')) continue;
      const mayHaveFailedTwice = this.plan.health.eio > 0;
      this.audit.output.mustBeUntouched(script.output, mayHaveFailedTwice);
      if (sort !== 'stormy' && report) {
        this.audit.broken('I10', `${script.id} ${report.outcome} though nothing was wrong`);
      }
    }
  }

  #unfinished(): string {
    const waiting = this.#cluster.clients.filter((client) => !client.isDone);
    const names = waiting.map(({ script, jobId }) => `${script.id} (job ${String(jobId)})`);
    return `${names.join(', ')} did not end within ${String(HEALED_MS / 1000)} s without faults`;
  }
}
