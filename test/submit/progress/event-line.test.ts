import { describe, expect, it } from 'vitest';
import type { JobEvent } from '../../../src/protocol/job-report.ts';
import { eventLine } from '../../../src/submit/progress/event-line.ts';
import { WaitingLines } from '../../../src/submit/progress/waiting-lines.ts';
import { stageProgress } from '../sample-report.ts';

const CONTEXT = {
  job: 'job-0007',
  manager: '127.0.0.1:6000',
  workerCommand: 'mapreduce-worker --manager-port 6000',
};
const PLAN = {
  input_files: 14,
  input_bytes: 1536,
  maps: 28,
  reduces: 1,
  split_bytes: 100,
  output_directory: '/data/out',
  reasons: [],
  warnings: [],
  commands: [],
  sample: null,
};
const WHERE = { attempt: 'map-00012.2', worker_id: 'node2-1' };

const LINES: readonly (readonly [JobEvent, string | undefined])[] = [
  [
    { kind: 'accepted', plan: PLAN },
    'job-0007 accepted: 28 maps and 1 reduce over 1.5 KiB in 14 files',
  ],
  [
    { kind: 'no_workers' },
    'Waiting: no Worker is registered with 127.0.0.1:6000. Start one: mapreduce-worker --manager-port 6000',
  ],
  [{ kind: 'queued_behind', job: 'job-0006', percent: 43.7 }, 'Queued behind job-0006 (43 %)'],
  [
    { kind: 'attempt_failed', ...WHERE, cause: 'exit code 3', charged: 2, max_attempts: 4 },
    'map-00012.2 failed on node2-1: exit code 3 (2 of 4)',
  ],
  [
    { kind: 'attempt_lost', ...WHERE, cause: 'no sign of life for 11 s' },
    'map-00012.2 lost on node2-1: no sign of life for 11 s (not charged)',
  ],
  [
    { kind: 'attempt_unfit', ...WHERE, cause: 'no space left on device' },
    'map-00012.2 unfit on node2-1: no space left on device (not charged)',
  ],
  [
    {
      kind: 'backup_started',
      ...WHERE,
      slow_attempt: 'map-00012.1',
      slow_worker_id: 'node3-1',
      ran_ms: 83_000,
    },
    'map-00012.1 has run for 1 min 23 s on node3-1: backup map-00012.2 on node2-1',
  ],
  [
    { kind: 'resumed', maps: stageProgress(), reduces: stageProgress({ done: 0, tasks: 4 }) },
    'The Manager was started anew and goes on with job-0007: 12/28 maps and 0/4 reduces done',
  ],
  [
    { kind: 'resumed', maps: stageProgress(), reduces: stageProgress({ done: 0, tasks: 0 }) },
    'The Manager was started anew and goes on with job-0007: 12/28 maps done',
  ],
  [
    { kind: 'map_voided', task: 'map-00012', cause: 'its output is damaged' },
    'map-00012 runs again: its output is damaged',
  ],
  [{ kind: 'warning', text: 'disk is slow' }, 'Warning: disk is slow'],
  [{ kind: 'stage_started', stage: 'reduce', tasks: 4 }, undefined],
];

describe('the line of an event', () => {
  it.each(LINES)('$0.kind', (event, line) => {
    expect(eventLine(event, CONTEXT)).toBe(line);
  });
});

function behind(job: string, percent: number): JobEvent {
  return { kind: 'queued_behind', job, percent };
}

describe('lines about waiting', () => {
  it('come again only after a while, or for another reason', () => {
    const lines = new WaitingLines(5000);
    expect(lines.mayShow(behind('job-0005', 1), 0)).toBe(true);
    expect(lines.mayShow(behind('job-0005', 2), 4999)).toBe(false);
    expect(lines.mayShow(behind('job-0005', 3), 5000)).toBe(true);
    expect(lines.mayShow(behind('job-0006', 3), 5001)).toBe(true);
    expect(lines.mayShow({ kind: 'no_workers' }, 5002)).toBe(true);
    expect(lines.mayShow({ kind: 'no_workers' }, 5003)).toBe(false);
  });

  it('never hold back a failure', () => {
    const lines = new WaitingLines(5000);
    const failed: JobEvent = {
      kind: 'attempt_failed',
      ...WHERE,
      cause: 'x',
      charged: 1,
      max_attempts: 4,
    };
    expect(lines.mayShow(failed, 0)).toBe(true);
    expect(lines.mayShow(failed, 1)).toBe(true);
  });
});
