import { afterEach, describe, expect, it } from 'vitest';
import { Task } from '../../../src/manager/scheduler/task.ts';
import { WorkerRecord } from '../../../src/manager/scheduler/worker.ts';
import { CheapCluster } from './harness/cheap-cluster.ts';

/**
 * What a step costs must not grow with the cluster or the job. Counted is how often a task or a
 * Worker is looked at, never a time.
 */

const counted = [Task.prototype, WorkerRecord.prototype].map((of: object) => ({
  of,
  properties: Object.getOwnPropertyDescriptors(of),
}));

function restore(): void {
  for (const { of, properties } of counted) Object.defineProperties(of, properties);
}

afterEach(restore);

const SMALL = { workers: 40, maps: 1000 };
const LARGE = { workers: 1500, maps: 20_000 };
const STEPS = 200;

interface Size {
  readonly workers: number;
  readonly maps: number;
}

/** The most looks of one step while Workers report one after the other, each of them twice. */
function dearestStep(cluster: CheapCluster, workers: number): number {
  const looks = countLooks();
  let dearest = 0;
  cluster.onStep = (step) => {
    const before = looks();
    const commands = step();
    dearest = Math.max(dearest, looks() - before);
    return commands;
  };
  let done = 0;
  for (let turn = 0; done < STEPS && turn < 10 * STEPS; turn += 1) {
    cluster.nowMs += 1;
    if (cluster.finishOne(1 + (((turn >> 1) * 7) % workers))) done += 1;
  }
  expect(done).toBeGreaterThanOrEqual(SMALL.workers / 2);
  restore();
  return dearest;
}

/** Counts calls of all methods and getters of tasks and Workers. */
function countLooks(): () => number {
  let looks = 0;
  const look = (): void => {
    looks += 1;
  };
  for (const { of, properties } of counted) {
    for (const [name, property] of Object.entries(properties)) {
      if (name !== 'constructor') Object.defineProperty(of, name, told(property, look));
    }
  }
  return () => looks;
}

/** The same getter or method, which tells when it is used. */
function told(property: PropertyDescriptor, look: () => void): PropertyDescriptor {
  if (property.get) {
    return {
      ...property,
      get(this: object): unknown {
        look();
        return property.get?.call(this) as unknown;
      },
    };
  }
  return {
    ...property,
    value(this: object, ...args: unknown[]): unknown {
      look();
      return Reflect.apply(property.value as () => unknown, this, args);
    },
  };
}

describe('the dearest step is as dear in a large cluster with a large job', () => {
  it.each<[string, (size: Size) => CheapCluster]>([
    [
      'while all slots are busy',
      ({ workers, maps }) => {
        const cluster = new CheapCluster(workers);
        cluster.submit(maps);
        return cluster;
      },
    ],
    [
      'with two slots each and two jobs, the later one more urgent',
      ({ workers, maps }) => {
        const cluster = new CheapCluster(workers, 2);
        cluster.submit(maps);
        cluster.submit(maps, { priority: 1 });
        return cluster;
      },
    ],
    [
      'where the job runs as many attempts as it may',
      ({ workers, maps }) => {
        const cluster = new CheapCluster(workers);
        cluster.submit(maps, { max_running: workers / 2 });
        return cluster;
      },
    ],
    [
      'while most tasks wait for the end of their back-off',
      ({ workers, maps }) => {
        const cluster = new CheapCluster(workers);
        cluster.submit(maps);
        for (let id = 1; id <= workers / 2; id += 1) cluster.failOne(id);
        return cluster;
      },
    ],
    [
      'when tasks run out and what waits ahead is called back',
      ({ workers }) => {
        const cluster = new CheapCluster(workers);
        cluster.submit(2 * workers);
        return cluster;
      },
    ],
    [
      'with as many backups as there may be',
      ({ workers }) => {
        const cluster = new CheapCluster(workers);
        cluster.submit(workers + workers / 2);
        for (let id = 1; id <= workers; id += 2) cluster.finishOne(id);
        for (let id = 2; id <= workers; id += 2) cluster.startOne(id);
        for (let id = 1; id <= workers; id += 2) cluster.finishOne(id);
        cluster.nowMs += 20_000;
        // No tick: all Workers would be lost, for none has said anything meanwhile.
        cluster.finishOne(2);
        expect(cluster.scheduler.state.jobs.get(1)?.started.backups).toBeGreaterThanOrEqual(
          Math.floor((workers / 2 - 1) / 10),
        );
        return cluster;
      },
    ],
  ])('%s', (_name, build) => {
    const small = dearestStep(build(SMALL), SMALL.workers);
    const large = dearestStep(build(LARGE), LARGE.workers);
    expect(large).toBeLessThanOrEqual(small + 5);
    expect(large).toBeLessThan(150);
  });

  it('a tick looks only at those whose time has come', () => {
    const cluster = new CheapCluster(LARGE.workers);
    cluster.submit(LARGE.maps);
    // Drains what is due now: acknowledgements.
    cluster.nowMs += 1000;
    cluster.step({ type: 'tick' });
    const looks = countLooks();
    cluster.nowMs += 1;
    cluster.step({ type: 'tick' });
    expect(looks()).toBeLessThan(20);
  });
});
