import type {
  JobReport,
  JobStatus,
  JobSummary,
  StageProgress,
  StageReport,
} from '../../src/protocol/job-report.ts';
import type { ManagerAddress } from '../../src/submit/manager-address.ts';

/** A Manager on another than the default port, named by flag. */
export const ADDRESS: ManagerAddress = {
  host: '127.0.0.1',
  port: 6001,
  flags: ['--manager-port', '6001'],
};

export function stageReport(changes: Partial<StageReport> = {}): StageReport {
  return {
    tasks: 28,
    attempts: 28,
    failed: 0,
    lost: 0,
    backups: 0,
    unfit: 0,
    input_bytes: 1_288_490_189,
    input_records: 20_000_000,
    output_bytes: 3_000_000,
    output_records: 48_213,
    spills: { min: 0, max: 0, total: 0 },
    duration_ms: 11_000,
    ...changes,
  };
}

/** A job that succeeded, unless changed. */
export function jobReport(changes: Partial<JobReport> = {}): JobReport {
  return {
    schema_version: 1,
    job_id: 7,
    job: 'job-0007',
    name: '',
    outcome: 'succeeded',
    submitted_at_ms: 1_763_694_000_000,
    finished_at_ms: 1_763_694_012_400,
    duration_ms: 12_400,
    input_files: 14,
    input_bytes: 1_288_490_189,
    output_directory: '/data/out',
    output_parts: 4,
    output_bytes: 1_363_149,
    output_records: 48_213,
    maps: stageReport(),
    reduces: stageReport({ tasks: 4, attempts: 4 }),
    combiner: null,
    counters: {},
    failure: null,
    cancelled_by: null,
    kept_bytes: 0,
    warnings: [],
    sample: null,
    bad_records: null,
    ...changes,
  };
}

/** A job whose map-00012 failed four times. */
export function failedReport(changes: Partial<JobReport> = {}): JobReport {
  return jobReport({
    outcome: 'failed',
    output_parts: 0,
    output_bytes: 0,
    output_records: 0,
    kept_bytes: 1_258_291,
    maps: stageReport({ attempts: 31, failed: 4 }),
    failure: {
      attempt: 'map-00012.4',
      worker_id: 'node2-1',
      input: { path: '/data/a.txt', start: 67_108_864, length: 67_108_864 },
      cause: 'exit code 3',
      exit_code: 3,
      signal: null,
      mend: null,
      command: 'python3 map.py --top 3',
      role: 'mapper',
      reproduce: 'python3 map.py --top 3',
      stderr_tail: ['Traceback (most recent call last):', 'ValueError: bad line'],
      charged_attempts: 4,
    },
    ...changes,
  });
}

export function stageProgress(changes: Partial<StageProgress> = {}): StageProgress {
  return {
    tasks: 28,
    done: 12,
    running: 2,
    failed: 1,
    lost: 0,
    backups: 0,
    bytes_done: 430,
    bytes_total: 1000,
    ...changes,
  };
}

/** A job that runs, as lists show it, unless changed. */
export function jobSummary(changes: Partial<JobSummary> = {}): JobSummary {
  return {
    job_id: 7,
    job: 'job-0007',
    name: 'words',
    state: 'running',
    submitted_by: 'ann@node1',
    submitted_at_ms: 1_763_694_000_000,
    finished_at_ms: null,
    output_directory: '/data/out',
    maps: stageProgress(),
    reduces: stageProgress({
      tasks: 4,
      done: 0,
      running: 0,
      failed: 0,
      bytes_done: 0,
      bytes_total: 0,
    }),
    ...changes,
  };
}

/** The same with everything that is known about it. */
export function jobStatus(changes: Partial<JobStatus> = {}): JobStatus {
  return {
    ...jobSummary(),
    waiting_for: null,
    running_attempts: [],
    last_errors: [],
    counters: {},
    warnings: [],
    bad_records: null,
    report: null,
    ...changes,
  };
}
