import { describe, expect, it } from 'vitest';
import { jobTable, noJobsLine } from '../../../src/submit/reports/job-table.ts';
import { planReport } from '../../../src/submit/reports/plan-report.ts';
import { statusReport } from '../../../src/submit/reports/status-report.ts';
import { formatTable } from '../../../src/submit/reports/table.ts';
import { workerTable } from '../../../src/submit/reports/worker-table.ts';
import { humanTime } from '../../../src/submit/reports/human.ts';
import { jobStatus, stageProgress } from '../sample-report.ts';

const WALL_MS = 1_763_694_090_000;
/** The reader's own time zone. */
const SUBMITTED = humanTime(1_763_694_000_000);

describe('mapreduce list', () => {
  const done = jobStatus({
    job: 'job-0006',
    name: '',
    state: 'succeeded',
    finished_at_ms: 1_763_694_012_300,
    maps: stageProgress({ done: 28, bytes_done: 1000 }),
    reduces: stageProgress({ tasks: 0, done: 0 }),
  });

  it('prints a row per job, aligned, for programs to cut', async () => {
    const text = await formatTable(jobTable([jobStatus(), done], WALL_MS), false);
    expect(text).toBe(
      `JOB       STATE      MAPS         REDUCES  SUBMITTED         TIME        BY         NAME   OUTPUT
job-0007  running    12/28 43 %   0/4 0 %  ${SUBMITTED}  1 min 30 s  ann@node1  words  /data/out
job-0006  succeeded  28/28 100 %  -        ${SUBMITTED}  12.3 s      ann@node1         /data/out
`,
    );
  });

  it('draws boxes on a terminal, without colours', async () => {
    const text = await formatTable(jobTable([done], WALL_MS), true);
    expect(text).toContain('│ job-0006 │ succeeded │');
    expect(text).not.toContain('\u001B');
  });

  it('says how many finished today when it has nothing to list', () => {
    expect(noJobsLine(3, false)).toBe('No job is running; 3 finished today (--all lists them)');
    expect(noJobsLine(0, false)).toBe('No job is running');
    expect(noJobsLine(0, true)).toBe('No job was ever submitted here');
  });
});

describe('mapreduce workers', () => {
  it('says why a Worker gets no tasks', async () => {
    const worker = {
      worker_id: 'node2-1',
      state: 'blind',
      reason: 'cannot see the shared directory "/share/m"',
      address: '10.0.0.2:40001',
      slots: 8,
      running: 0,
      queued: 0,
      finished: 12,
      failed: 1,
      last_sign_of_life_ms_ago: 1200,
      udp: false,
    } as const;
    expect(await formatTable(workerTable([worker]), false)).toBe(
      `WORKER   STATE  SLOTS  RUNNING  QUEUED  DONE  FAILED  SEEN       ADDRESS         REASON
node2-1  blind  8      0        0       12    1       1.2 s ago  10.0.0.2:40001  cannot see the shared directory "/share/m"; no UDP heartbeat yet
`,
    );
  });
});

describe('mapreduce status', () => {
  it('tells where a job stands', () => {
    const status = jobStatus({
      maps: stageProgress({ bytes_total: 1024 }),
      waiting_for: 'a free slot',
      last_errors: ['map-00003.1 failed on node2-1: exit code 3'],
      running_attempts: [
        {
          attempt: 'map-00013.1',
          worker_id: 'node2-1',
          state: 'running',
          running_ms: 2000,
          bytes_read: 1536,
          status: 'parsing',
        },
      ],
    });
    expect(statusReport(status, WALL_MS).join('\n')).toBe(
      `job-0007 "words": running for 1 min 30 s
  submitted  ${SUBMITTED} by ann@node1
  output     /data/out
  maps       12/28 41 %, 430 bytes of 1 KiB, 2 running, 1 failed, 0 lost
  reduces    0/4 0 %, 0 bytes of 0 bytes, 0 running, 0 failed, 0 lost
  waiting    a free slot
  ATTEMPT      WORKER   STATE    TIME  READ     STATUS
  map-00013.1  node2-1  running  2 s   1.5 KiB  parsing
Last errors:
  map-00003.1 failed on node2-1: exit code 3`,
    );
  });

  it('says how far the search for bad records is', () => {
    const record = { task: 'map-00001', path: '/in/a', offset: 7, length: 3, cause: 'exit code 3' };
    const bad_records = { limit: 5, probes: 31, found: [record] };
    expect(statusReport(jobStatus({ bad_records }), WALL_MS)).toContain(
      '  bad        1 record found by 31 attempts, 5 may be left out',
    );
  });
});

describe('--dry-run', () => {
  it('shows what would run, on what, and why so', () => {
    const plan = {
      input_files: 1,
      input_bytes: 640,
      maps: 2,
      reduces: 1,
      split_bytes: 320,
      output_directory: '/data/out',
      reasons: ['2 maps: 2 for each of 1 slot'],
      warnings: ['"a.gz" is read whole by one map'],
      commands: [
        { role: 'mapper', command: '/usr/bin/python3 map.py' },
        { role: 'reducer', command: 'sum (built-in)' },
      ],
      sample: null,
    };
    expect(planReport(plan, false)).toEqual([
      'Plan: 2 maps and 1 reduce over 640 bytes in 1 file, splits of 320 bytes',
      '  mapper    /usr/bin/python3 map.py',
      '  reducer   sum (built-in)',
      '  output    /data/out',
      '  2 maps: 2 for each of 1 slot',
      'Warning: "a.gz" is read whole by one map',
      'Nothing was started: this was a dry run',
    ]);
  });
});
