import { describe, expect, it } from 'vitest';
import type { BadRecordsReport } from '../../../src/protocol/job-report.ts';
import type { NewMapTask } from '../../../src/protocol/manager-orders.ts';
import type { Ending, TaskMessage } from './harness/sim-attempts.ts';
import { World } from './harness/world.ts';

const LINES = 100;
const LINE_BYTES = 8;

/** A Worker whose mapper reads inputs of a hundred lines of eight bytes. */
function mapper(takes: (lines: readonly number[]) => boolean) {
  return (_attempt: string, order: TaskMessage): Ending => {
    if (order.stage === 'reduce') return 'finished';
    const fed = fedLines(order);
    const { lines } = order;
    const total = lines?.count === true ? LINES : null;
    if (takes(fed)) {
      if (!lines || lines.except.length === 0) {
        return lines?.probe === true ? passedProbe(total) : 'finished';
      }
      return lines.probe ? passedProbe(total) : leftOut(order, lines.except.length);
    }
    if (!lines) return { outcome: 'failed' };
    const last = lines.to > 0 ? { path: '/in/a', ...placeOf(lines.to - 1) } : null;
    return { outcome: 'failed', lines: { total, last } };
  };
}

function fedLines({ lines }: NewMapTask): readonly number[] {
  const all = Array.from({ length: LINES }, (_, line) => line);
  if (!lines) return all;
  const except = new Set(lines.except.map(({ line }) => line));
  return all.slice(lines.from, lines.to).filter((line) => !except.has(line));
}

function placeOf(line: number): { offset: number; length: number } {
  return { offset: line * LINE_BYTES, length: LINE_BYTES };
}

function passedProbe(total: number | null): Ending {
  return { outputs: [], counters: [], lines: { total, last: null } };
}

function leftOut({ reduces }: NewMapTask, records: number): Ending {
  const name = reduces > 0 ? 'run' : 'part';
  const names = [name, 'bad/lines', 'bad/records'];
  return { outputs: names.map((each) => ({ name: each, bytes: 10, records, crc32: 0 })) };
}

function failsAt(...bad: readonly number[]) {
  return mapper((fed) => !fed.some((line) => bad.includes(line)));
}

function foundLines(report: BadRecordsReport | null | undefined): readonly string[] {
  return (report?.found ?? []).map(({ task, offset }) => `${task} ${String(offset / LINE_BYTES)}`);
}

const SEARCH = { num_mappers: 1, skip_bad_records: 5 } as const;

describe('a map that fails at some lines', () => {
  it('runs without them, says so once for each, and the job succeeds', () => {
    const world = new World();
    world.worker('n1', { ending: failsAt(0, 40, 41, 99) });
    const client = world.submit(SEARCH);
    world.runJobs(1_000_000);
    expect(client.report).toMatchObject({ outcome: 'succeeded', maps: { failed: 2 } });
    expect(foundLines(client.report?.bad_records)).toEqual(
      [0, 40, 41, 99].map((line) => `map-00000 ${String(line)}`),
    );
    expect(client.report?.bad_records).toMatchObject({ limit: 5 });
    const warnings = client.eventsOf('warning').map(({ text }) => text);
    expect(warnings).toEqual([
      'map-00000 failed 2 times: looking for bad records, of which 5 may be left out (--skip-bad-records)',
      ...[0, 320, 328, 792].map(
        (offset) =>
          `Bad record in "/in/a" at byte ${String(offset)} (8 bytes), of map-00000: exit code 3`,
      ),
    ]);
    expect(client.report?.warnings).toEqual(warnings.slice(1));
  });

  it('publishes what it left out, of committed attempts only', () => {
    const world = new World();
    world.worker('n1', { ending: failsAt(7) });
    world.submit({ ...SEARCH, num_mappers: 2, num_reducers: 1 });
    world.runJobs(1_000_000);
    const asked = world.steps
      .flatMap(({ commands }) => commands)
      .filter((command) => command.type === 'prepare_publish');
    const committed = world.steps
      .flatMap(({ commands }) => commands)
      .filter((command) => command.type === 'append')
      .map(({ record }) => record)
      .filter((record) => record.type === 'task_committed')
      .map(({ attempt }) => attempt)
      .filter(({ stage }) => stage === 'map');
    expect(committed).toHaveLength(2);
    expect(asked[0]?.badRecords).toEqual(committed.toSorted((a, b) => a.task_index - b.task_index));
  });

  it('charges nobody for attempts that look for them', () => {
    const world = new World();
    const worker = world.worker('n1', { ending: failsAt(3, 50) });
    world.submit(SEARCH);
    world.runJobs(1_000_000);
    expect(worker.ran.length).toBeGreaterThan(10);
    expect(world.state.workers.get('n1')).toMatchObject({ failed: 2 });
    expect(world.state.workers.get('n1')?.failuresByJob.get(1) ?? 2).toBe(2);
  });

  it('fails the job with all that were found when they are too many', () => {
    const world = new World();
    world.worker('n1', { ending: failsAt(0, 1, 2, 3, 4, 60) });
    const client = world.submit(SEARCH);
    world.runJobs(1_000_000);
    expect(client.report?.outcome).toBe('failed');
    expect(client.report?.failure?.cause).toBe(
      'exit code 3; that is bad record 6 of the job, and 5 may be left out (--skip-bad-records)',
    );
    expect(foundLines(client.report?.bad_records)).toHaveLength(6);
  });

  it('counts those of all maps of the job', () => {
    const world = new World();
    for (const id of ['n1', 'n2', 'n3']) world.worker(id, { ending: failsAt(9, 10) });
    const client = world.submit({ ...SEARCH, num_mappers: 3 });
    world.runJobs(1_000_000);
    expect(client.report?.outcome).toBe('failed');
    expect(client.report?.bad_records?.found).toHaveLength(6);
    const again = world.submit({ ...SEARCH, num_mappers: 3, skip_bad_records: 6 });
    world.runJobs(1_000_000);
    expect(again.report?.outcome).toBe('succeeded');
    expect(foundLines(again.report?.bad_records)).toEqual(
      ['map-00000', 'map-00001', 'map-00002'].flatMap((task) => [`${task} 9`, `${task} 10`]),
    );
  });

  it('is searched after its last allowed attempt where that is the first', () => {
    const world = new World();
    world.worker('n1', { ending: failsAt(42) });
    const client = world.submit({ ...SEARCH, max_attempts: 1 });
    world.runJobs(1_000_000);
    expect(client.report).toMatchObject({ outcome: 'succeeded', maps: { failed: 1 } });
  });

  it('is tried as ever where nothing may be left out', () => {
    const world = new World();
    const worker = world.worker('n1', { ending: failsAt(42) });
    const client = world.submit({ num_mappers: 1 });
    world.runJobs();
    expect(worker.ran).toHaveLength(4);
    expect(client.report).toMatchObject({ outcome: 'failed', bad_records: null });
  });

  it('does not stop the others with --keep-going', () => {
    const world = new World();
    const bad = failsAt(...Array.from({ length: LINES }, (_, line) => line));
    world.worker('n1', {
      ending: (name, order) => (order.task_index === 0 ? bad(name, order) : 'finished'),
    });
    const client = world.submit({ ...SEARCH, num_mappers: 4, keep_going: true });
    world.runJobs(1_000_000);
    expect(client.report?.outcome).toBe('failed');
    expect(world.job().mapsCommitted).toBe(3);
  });
});

describe('a mapper that always fails', () => {
  it.each([
    ['whatever it gets', () => false],
    ['at every line', (fed: readonly number[]) => fed.length === 0],
  ])('ends the job within 30 attempts: %s', (_name, takes) => {
    for (const limit of [1, 5, 100]) {
      const world = new World();
      const worker = world.worker('n1', { ending: mapper(takes) });
      const client = world.submit({ ...SEARCH, skip_bad_records: limit });
      world.runJobs(1_000_000);
      expect(client.report?.outcome).toBe('failed');
      expect(worker.ran.length).toBeLessThanOrEqual(30);
    }
  });

  it('says that no record is to blame', () => {
    const world = new World();
    world.worker('n1', { ending: mapper(() => false) });
    const client = world.submit({ ...SEARCH, skip_bad_records: 100 });
    world.runJobs(1_000_000);
    expect(client.report?.failure?.cause).toBe(
      'exit code 3; it fails at whatever record it gets, so none is to blame (--skip-bad-records)',
    );
  });
});

describe('a search', () => {
  it('goes on elsewhere, from where it was, when its Worker dies', () => {
    const world = new World();
    const first = world.worker('n1', { ending: failsAt(77) });
    const client = world.submit(SEARCH);
    world.runUntil(() => first.ran.length > 6);
    first.crash();
    const second = world.worker('n2', { ending: failsAt(77) });
    world.runJobs(1_000_000);
    expect(client.report).toMatchObject({ outcome: 'succeeded' });
    expect(foundLines(client.report?.bad_records)).toEqual(['map-00000 77']);
    // The attempt under way is done again; nothing else is.
    expect(first.ran.length + second.ran.length).toBeLessThanOrEqual(16);
  });

  it('is over with its job when that is cancelled', () => {
    const world = new World();
    const worker = world.worker('n1', { ending: failsAt(77) });
    const client = world.submit(SEARCH);
    world.runUntil(() => worker.ran.length > 6);
    world.client().cancel();
    world.runJobs();
    expect(client.report?.outcome).toBe('cancelled');
  });

  it('shows in the status of the job', () => {
    const world = new World();
    const worker = world.worker('n1', { ending: failsAt(0, 77) });
    const client = world.submit(SEARCH);
    world.runUntil(() => worker.ran.length > 7);
    expect(client.status().bad_records).toMatchObject({ limit: 5, found: [{ offset: 0 }] });
    expect(client.status().bad_records?.probes).toBeGreaterThan(3);
  });

  it('keeps what it found when the result is lost, and runs without it again', () => {
    const world = new World();
    const worker = world.worker('n1', { ending: failsAt(77) });
    const client = world.submit({ ...SEARCH, num_reducers: 1 });
    world.runUntil(() => world.job().allMapsCommitted, 1_000_000);
    const before = worker.ran.length;
    const [task] = world.job().maps;
    expect(task?.search?.selection).toMatchObject({ to: LINES, probe: false });
    expect(task?.search?.selection.except).toMatchObject([{ line: 77, cause: 'exit code 3' }]);
    world.runJobs(1_000_000);
    expect(worker.ran.length).toBe(before + 1);
    expect(client.report?.outcome).toBe('succeeded');
  });

  it('has no backups, however long one of its attempts takes', () => {
    const world = new World();
    const bad = failsAt(77);
    const worker = world.worker('n1', {
      ending: (name, order) => (order.task_index === 7 ? bad(name, order) : 'finished'),
    });
    const client = world.submit({ ...SEARCH, num_mappers: 8, num_reducers: 0 });
    world.runUntil(() => world.job().probes > 3);
    expect(world.job().mapsCommitted).toBe(7);
    worker.behaviour.taskMs = Number.POSITIVE_INFINITY;
    world.worker('n2');
    world.run(120_000);
    expect(world.job().maps[7]?.search).toBeDefined();
    expect(world.job().attempts.size).toBe(1);
    expect(client.eventsOf('backup_started')).toEqual([]);
  });

  it('takes no probe for a result, whoever it comes from', () => {
    const world = new World();
    let probes = 0;
    const worker = world.worker('n1', {
      ending: () => {
        probes += 1;
        return probes === 1 ? passedProbe(null) : 'finished';
      },
    });
    const client = world.submit({ num_mappers: 1 });
    world.runJobs();
    expect(worker.ran).toEqual(['map-00000.1', 'map-00000.2', 'reduce-00000.1']);
    expect(client.report?.outcome).toBe('succeeded');
  });
});
