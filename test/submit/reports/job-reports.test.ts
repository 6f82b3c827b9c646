import { describe, expect, it } from 'vitest';
import {
  cancelledReport,
  failureReport,
  type FailureContext,
} from '../../../src/submit/reports/failure-report.ts';
import { successReport } from '../../../src/submit/reports/success-report.ts';
import { ADDRESS, failedReport, jobReport, stageReport } from '../sample-report.ts';

const CONTEXT: FailureContext = { address: ADDRESS, local: false, resultOnStdout: false };

describe('the report of a job that succeeded', () => {
  it('says how long, how much and where', () => {
    expect(successReport(jobReport(), false)).toEqual([
      'job-0007 succeeded in 12.4 s: 28 maps, 4 reduces, 1.2 GiB read, 48,213 records written',
      'Output: /data/out (4 parts, 1.3 MiB)',
    ]);
  });

  it('names what was tried again, and what the programs counted', () => {
    const report = jobReport({
      maps: stageReport({ failed: 2, unfit: 1 }),
      reduces: stageReport({ tasks: 1, lost: 1 }),
      counters: { words: { seen: '1234', skipped: '5' } },
    });
    expect(successReport(report, false)).toEqual([
      'job-0007 succeeded in 12.4 s: 28 maps, 1 reduce, 1.2 GiB read, 48,213 records written',
      'Attempts that were tried again: 2 failed, 1 lost, 1 unfit',
      'Counters:',
      '  words seen: 1234',
      '  words skipped: 5',
      'Output: /data/out (4 parts, 1.3 MiB)',
    ]);
  });

  it('counts backups', () => {
    const report = jobReport({
      maps: stageReport({ backups: 2 }),
      reduces: stageReport({ backups: 1 }),
    });
    expect(successReport(report, false)).toContain('Backups of attempts that ran long: 3');
  });

  it('says what a combiner was good for, and when it was not', () => {
    const combiner = { input_records: 26_438_871, output_records: 783_604, skipped_records: 0 };
    const lines = (changes: Partial<typeof combiner>): readonly string[] =>
      successReport(jobReport({ combiner: { ...combiner, ...changes } }), false).slice(1, -1);
    expect(lines({})).toEqual(['Combiner: 26,438,871 records became 783,604']);
    expect(lines({ skipped_records: 5_000_000 })).toEqual([
      'Combiner: 26,438,871 records became 783,604',
      'Combiner skipped for 5,000,000 records: it would hardly make them fewer',
    ]);
    expect(lines({ input_records: 0, output_records: 0 })).toEqual([]);
  });

  it('says how many bad records were left out, and where they are', () => {
    const record = { task: 'map-00001', path: '/in/a', offset: 7, length: 3, cause: 'exit code 3' };
    const lines = (found: number, onStdout: boolean): readonly string[] => {
      const bad_records = {
        limit: 5,
        probes: 31,
        found: Array.from({ length: found }, () => record),
      };
      return successReport(jobReport({ bad_records }), onStdout).slice(1, -1);
    };
    expect(lines(2, false)).toEqual([
      'Bad records left out: 2 of at most 5, found by 31 attempts; see _bad in the output',
    ]);
    expect(lines(1, true)).toEqual([
      'Bad records left out: 1 of at most 5, found by 31 attempts; see the warnings',
    ]);
    expect(lines(0, false)).toEqual([]);
  });

  it('keeps a name of several lines in one', () => {
    const report = jobReport({ output_directory: '/data/a\nb' });
    expect(successReport(report, false).at(-1)).toBe('Output: /data/a?b (4 parts, 1.3 MiB)');
  });

  it('does not speak of reduces where there were none, nor of a directory that is gone', () => {
    const report = jobReport({ reduces: stageReport({ tasks: 0 }), output_parts: 1 });
    expect(successReport(report, true)).toEqual([
      'job-0007 succeeded in 12.4 s: 28 maps, 1.2 GiB read, 48,213 records written',
      'Output: standard output (1 part, 1.3 MiB)',
    ]);
  });
});

describe('the report of a job that failed', () => {
  it('says everything that helps, and what to type next', () => {
    expect(failureReport(failedReport(), CONTEXT).join('\n')).toBe(
      `job-0007 failed after 12.4 s: map-00012 failed 4 times
  attempt   map-00012.4 on node2-1
  cause     exit code 3
  command   python3 map.py --top 3
  input     /data/a.txt, bytes 67108864 to 134217728 (64 MiB)
  stderr    Traceback (most recent call last):
            ValueError: bad line
Nothing was written to /data/out
Kept for inspection: 1.2 MiB, until: mapreduce remove job-0007 --manager-port 6001
Next: mapreduce logs job-0007 map-00012.4 --manager-port 6001
Reproduce: mapreduce input job-0007 map-00012.4 --manager-port 6001 | python3 map.py --top 3`,
    );
  });

  it('names all bad records that were found', () => {
    const record = { task: 'map-00001', path: '/in/a', offset: 7, length: 3, cause: 'exit code 3' };
    const found = [record, { ...record, path: '/in/b\n', offset: 2048, length: 2048 }];
    const report = failedReport({ bad_records: { limit: 1, probes: 31, found } });
    expect(failureReport(report, CONTEXT).slice(7, 9)).toEqual([
      '  bad       /in/a, byte 7 (3 bytes): exit code 3',
      '            /in/b?, byte 2048 (2 KiB): exit code 3',
    ]);
  });

  it('says what to do, where that is known', () => {
    const { failure } = failedReport();
    const cause = 'exit code 1: Python module "numpy" is not installed on this Worker';
    const mend = 'install it there, or ship it with --file';
    const report = failedReport({ failure: failure && { ...failure, cause, mend } });
    expect(failureReport(report, CONTEXT).slice(2, 5)).toEqual([
      `  cause     ${cause}`,
      `  mend      ${mend}`,
      '  command   python3 map.py --top 3',
    ]);
  });

  it('offers nothing to look at that a local job took with it', () => {
    const lines = failureReport(failedReport(), { ...CONTEXT, local: true, resultOnStdout: true });
    expect(lines.slice(-2)).toEqual([
      'Nothing was written to standard output',
      'Reproduce: tail -c +67108865 /data/a.txt | head -c 67108864 | python3 map.py --top 3',
    ]);
  });

  it('says the cause alone when no attempt is to blame', () => {
    const failure = {
      attempt: null,
      worker_id: null,
      input: null,
      cause: 'Cannot publish to "/data/out": no space left on device',
      exit_code: null,
      signal: null,
      mend: null,
      command: null,
      role: null,
      reproduce: null,
      stderr_tail: [],
      charged_attempts: 0,
    };
    expect(failureReport(failedReport({ failure, kept_bytes: 0 }), CONTEXT)).toEqual([
      'job-0007 failed after 12.4 s: Cannot publish to "/data/out": no space left on device',
      'Nothing was written to /data/out',
      'Nothing of it is kept for inspection',
      'Next: mapreduce status job-0007 --manager-port 6001',
    ]);
  });

  it('keeps control characters of a program away from the terminal', () => {
    const { failure } = failedReport();
    const nasty = failedReport({
      failure: failure && { ...failure, stderr_tail: ['\u001B[2Jgone\ttab\r'] },
    });
    expect(failureReport(nasty, CONTEXT)).toContain('  stderr    ?[2Jgone\ttab?');
  });
});

describe('the report of a job that was cancelled', () => {
  it('says by whom', () => {
    const report = failedReport({ outcome: 'cancelled', cancelled_by: 'bob@node3', failure: null });
    expect(cancelledReport(report, CONTEXT)).toEqual([
      'job-0007 was cancelled by bob@node3 after 12.4 s',
      'Nothing was written to /data/out',
      'Kept for inspection: 1.2 MiB, until: mapreduce remove job-0007 --manager-port 6001',
    ]);
  });
});
