import { describe, expect, it } from 'vitest';
import type { SimWorker } from './harness/sim-worker.ts';
import { World } from './harness/world.ts';

const POISON = /^map-00000\./;
/** Into the middle of what runs beside it. */
const DIES_AFTER_MS = 400;

/**
 * A Worker that dies of the poison while others run beside it, so many times in all, and comes back
 * as another process under its own name.
 */
class Mortal {
  readonly #world: World;
  readonly #deaths: { left: number };
  readonly #id: string;
  readonly #slots: number;
  #lives = 0;
  #worker: SimWorker | undefined;

  constructor(world: World, id: string, options: { slots: number; deaths: { left: number } }) {
    this.#world = world;
    this.#id = id;
    this.#slots = options.slots;
    this.#deaths = options.deaths;
  }

  start(): void {
    this.#lives += 1;
    this.#worker = this.#world.worker(this.#id, {
      nonce: `${this.#id}-life-${String(this.#lives)}`,
      slots: this.#slots,
      ending: (attempt) => {
        if (POISON.test(attempt) && this.#deaths.left > 0) this.#die();
        return 'finished';
      },
    });
  }

  #die(): void {
    this.#deaths.left -= 1;
    this.#world.timeline.after(DIES_AFTER_MS, () => {
      this.#worker?.crash();
      this.#world.timeline.after(DIES_AFTER_MS, () => this.start());
    });
  }
}

function farm(world: World, deaths: number): void {
  const shared = { left: deaths };
  for (const id of ['n1', 'n2']) {
    new Mortal(world, id, { slots: 3, deaths: shared }).start();
  }
}

function tasksOf(world: World) {
  return world.job().maps.map(({ charged, lost, lostWithoutGoodbye, lostAlone }) => ({
    charged,
    lost,
    lostWithoutGoodbye,
    lostAlone,
  }));
}

describe('a task that takes its Workers down', () => {
  it('fails the job by its name, and nothing that died beside it is charged', () => {
    const world = new World();
    farm(world, Number.POSITIVE_INFINITY);
    const client = world.submit({ num_mappers: 12 });
    world.runUntil(() => !world.job().isRunning, 600_000);
    const [poison, ...bystanders] = tasksOf(world);
    expect(poison).toEqual({ charged: 0, lost: 5, lostWithoutGoodbye: 5, lostAlone: 3 });
    expect(bystanders.some(({ lost }) => lost > 0)).toBe(true);
    for (const each of bystanders) expect(each).toMatchObject({ charged: 0, lostAlone: 0 });
    world.runJobs();
    expect(client.report).toMatchObject({ outcome: 'failed', maps: { failed: 0, unfit: 0 } });
    expect(client.report?.failure).toMatchObject({
      attempt: null,
      charged_attempts: 0,
      cause:
        '3 Workers died while running map-00000 alone: it probably takes them down (--max-workers-lost)',
    });
  });

  it('has killed enough of them after --max-workers-lost, be it one or sixteen', () => {
    for (const [most, lost] of [
      [1, 3],
      [5, 7],
      [14, 16],
    ] as const) {
      const world = new World();
      farm(world, Number.POSITIVE_INFINITY);
      world.submit({ num_mappers: 8, max_workers_lost: most });
      world.runUntil(() => !world.job().isRunning, 600_000);
      expect(tasksOf(world)[0]).toMatchObject({ lost, lostAlone: lost - 2 });
    }
  });

  it('is forgiven when it stops, and those that died beside it get their turn alone', () => {
    const world = new World();
    farm(world, 4);
    const client = world.submit({ num_mappers: 12 });
    world.runJobs(600_000);
    expect(client.report).toMatchObject({ outcome: 'succeeded', maps: { failed: 0, unfit: 0 } });
    expect(client.report?.maps.lost).toBeGreaterThan(4);
  });

  it('blames no Worker, so that all go on with its job', () => {
    const world = new World();
    farm(world, 4);
    world.submit({ num_mappers: 12 });
    world.runJobs(600_000);
    for (const worker of world.state.workers.values()) {
      expect(worker).toMatchObject({ failed: 0, unfitInARow: 0, pausedUntilMs: 0 });
    }
  });
});

describe('nodes that are preempted', () => {
  const LONG = { taskMs: Number.POSITIVE_INFINITY };

  function runOn(world: World, turn: number): SimWorker {
    const worker = world.worker(`n${String(turn)}`, LONG);
    world.runUntil(() => worker.ran.length > 0);
    return worker;
  }

  it('count neither as losses that make a task run alone nor as losses of one that does', () => {
    const world = new World();
    const client = world.submit({ num_mappers: 1, num_reducers: 0 });
    let turn = 0;
    const leave = (how: 'goodbye' | 'crash', times: number): void => {
      for (let time = 0; time < times; time += 1) {
        turn += 1;
        runOn(world, turn)[how]();
        world.run(2000);
      }
    };
    leave('goodbye', 4);
    expect(world.job().maps[0]?.runsAlone).toBe(false);
    leave('crash', 2);
    expect(world.job().maps[0]?.runsAlone).toBe(true);
    leave('goodbye', 4);
    leave('crash', 2);
    expect(tasksOf(world)).toEqual([{ charged: 0, lost: 12, lostWithoutGoodbye: 4, lostAlone: 2 }]);
    runOn(world, 100).end('map-00000.13');
    world.runJobs();
    expect(client.report).toMatchObject({ outcome: 'succeeded', maps: { failed: 0, lost: 12 } });
  });

  it('do not fail a job whose tasks they leave one after another', () => {
    const world = new World();
    const client = world.submit({ num_mappers: 30, num_reducers: 0 });
    for (let turn = 1; turn <= 12; turn += 1) {
      const worker = world.worker(`n${String(turn)}`, { slots: 4 });
      world.run(2500);
      worker.goodbye();
      world.run(100);
    }
    world.worker('last', { slots: 4 });
    world.runJobs();
    expect(client.report).toMatchObject({ outcome: 'succeeded', maps: { failed: 0 } });
    expect(client.report?.maps.lost).toBeGreaterThan(10);
  });
});
