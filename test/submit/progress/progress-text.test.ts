import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  barText,
  progressLine,
  statusText,
  type StageView,
} from '../../../src/submit/progress/progress-text.ts';
import { stageProgress } from '../sample-report.ts';

function view(changes: Partial<StageView> = {}): StageView {
  return {
    label: 'map',
    progress: stageProgress(),
    bytesPerSecond: 125_829_120,
    remainingMs: 11_500,
    ...changes,
  };
}

const IDLE = view({
  label: 'reduce',
  progress: stageProgress({ tasks: 4, done: 0, running: 0, failed: 0, bytes_total: 0 }),
  bytesPerSecond: undefined,
  remainingMs: undefined,
});

describe('a bar', () => {
  it('shows all numbers where there is room', () => {
    expect(barText(view(), 110)).toBe(
      'map     43 % [============                  ] 12/28 tasks, 2 running, 1 failed, 0 lost, 120 MiB/s, ETA 12 s',
    );
  });

  it('counts backups where there are any', () => {
    const some = view({ progress: stageProgress({ backups: 2 }) });
    expect(barText(some, 130)).toContain('0 lost, 2 backups, 120 MiB/s');
    expect(barText(view({ progress: stageProgress({ backups: 1 }) }), 130)).toContain(
      ', 1 backup,',
    );
  });

  it('drops zeros on a narrow terminal, and then itself', () => {
    expect(barText(view(), 80)).toBe(
      'map     43 % [====       ] 12/28 tasks, 2 running, 1 failed, 120 MiB/s, ETA 12 s',
    );
    expect(barText(view(), 70)).toBe(
      'map     43 % 12/28 tasks, 2 running, 1 failed, 120 MiB/s, ETA 12 s',
    );
    expect(barText(IDLE, 50)).toBe('reduce   0 % [                         ] 0/4 tasks');
  });

  it('keeps 100 % for the end of the last task', () => {
    const read = stageProgress({ done: 27, bytes_done: 1000 });
    expect(barText(view({ progress: read }), 110)).toMatch(/^map {5}99 %/);
    const done = stageProgress({ done: 28, bytes_done: 1000, running: 0 });
    expect(barText(view({ progress: done }), 110)).toBe(
      'map    100 % [==============================] 28/28 tasks, 0 running, 1 failed, 0 lost',
    );
  });

  it('is never wider than the terminal', () => {
    const count = fc.integer({ min: 0, max: 1_000_000 });
    const progress = fc.record({
      tasks: count,
      done: count,
      running: count,
      failed: count,
      lost: count,
      backups: count,
      bytes_done: count,
      bytes_total: count,
    });
    fc.assert(
      fc.property(progress, fc.integer({ min: 0, max: 200 }), (some, columns) => {
        expect(barText(view({ progress: some }), columns).length).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

describe('a line of progress', () => {
  it('names the job and both stages', () => {
    expect(progressLine('job-0007', [view(), IDLE], '')).toBe(
      'job-0007: map 43 % (12/28 tasks, 2 running, 1 failed, 120 MiB/s, ETA 12 s), reduce 0 % (0/4 tasks)',
    );
  });

  it('adds what a program reports, and is not empty before there is a plan', () => {
    expect(progressLine('job-0007', [], 'counting files')).toBe(
      'job-0007: preparing: counting files',
    );
  });

  it('lets no program move the cursor', () => {
    expect(progressLine('job-0007', [], '\u001B[2Jx')).toBe('job-0007: preparing: ?[2Jx');
  });
});

describe('what a program reports, below the bars,', () => {
  it.each([
    ['reading', 80, 'status reading'],
    ['reading', 10, 'status rea'],
    ['a\tb\u001B[1A', 80, 'status a b?[1A'],
    ['', 80, ''],
  ])('%j in %i columns is %j', (status, columns, text) => {
    expect(statusText(status, columns)).toBe(text);
  });
});
