import { describe, expect, it } from 'vitest';
import type { FailureReport } from '../../../src/protocol/job-report.ts';
import { reproduceLine, reproduceLocally } from '../../../src/submit/reports/reproduce-line.ts';
import { ADDRESS, failedReport, stageReport } from '../sample-report.ts';

const REPORT = failedReport({ reduces: stageReport({ tasks: 7 }) });
const DEFAULT_ADDRESS = { ...ADDRESS, flags: [] };

function failure(changes: Partial<FailureReport> = {}): FailureReport {
  if (REPORT.failure === null) throw new Error('The sample has no failure');
  return { ...REPORT.failure, ...changes };
}

const REDUCE = { attempt: 'reduce-00003.4', role: 'reducer', input: null } as const;
const BLAMELESS = failure({ attempt: null, role: null, reproduce: null });

describe('the line that reproduces a failure', () => {
  it('pipes the input of the attempt into the program as it was submitted', () => {
    expect(reproduceLine(REPORT, failure(), DEFAULT_ADDRESS)).toBe(
      'mapreduce input job-0007 map-00012.4 | python3 map.py --top 3',
    );
    const reduce = failure({ ...REDUCE, reproduce: './reduce.sh' });
    expect(reproduceLine(REPORT, reduce, ADDRESS)).toBe(
      'mapreduce input job-0007 reduce-00003.4 --manager-port 6001 | ./reduce.sh',
    );
  });

  it('ends with the input where a built-in failed', () => {
    expect(reproduceLine(REPORT, failure({ ...REDUCE, reproduce: null }), DEFAULT_ADDRESS)).toBe(
      'mapreduce input job-0007 reduce-00003.4',
    );
  });

  it('is left out where no program failed, and where the map output is gone', () => {
    expect(reproduceLine(REPORT, BLAMELESS, ADDRESS)).toBeUndefined();
    expect(reproduceLocally(REPORT, BLAMELESS)).toBeUndefined();
    const swept = { ...REPORT, kept_bytes: 0 };
    expect(reproduceLine(swept, failure(REDUCE), ADDRESS)).toBeUndefined();
    expect(reproduceLine(swept, failure(), ADDRESS)).toContain('mapreduce input');
  });

  it('shows no command that the terminal would change', () => {
    const nasty = failure({ reproduce: "sh -c 'cat\nrm x'" });
    expect(reproduceLine(REPORT, nasty, DEFAULT_ADDRESS)).toBe(
      'mapreduce input job-0007 map-00012.4 and pipe it into the mapper',
    );
  });
});

describe('the line that reproduces a failure of a local job', () => {
  it.each([
    ['/in/a b', 0, 10, "head -c 10 '/in/a b'"],
    ['/in/a', 5, 10, 'tail -c +6 /in/a | head -c 10'],
    ['/in/a.gz', 0, 10, 'gzip -dc /in/a.gz'],
    ['/in/a.bz2', 0, 10, 'bzip2 -dc /in/a.bz2'],
    ['/in/a.zst', 0, 10, 'zstd -dc /in/a.zst'],
  ])('cuts the piece out of %s from byte %s on', (path, start, length, line) => {
    const map = failure({ input: { path, start, length } });
    expect(reproduceLocally(REPORT, map)).toBe(`${line} | python3 map.py --top 3`);
  });

  it('says how to get what a reducer read, which is gone with the job', () => {
    const how =
      'the same job with --reducer identity --num-reducers 7 --output DIR writes what reduce-00003.4 read to DIR/part-00003';
    expect(reproduceLocally(REPORT, failure({ ...REDUCE, reproduce: './r.sh' }))).toBe(
      `${how}; then: cat DIR/part-00003 | ./r.sh`,
    );
    expect(reproduceLocally(REPORT, failure({ ...REDUCE, reproduce: null }))).toBe(how);
  });

  it('is left out where the bytes are not those of one piece', () => {
    expect(reproduceLocally(REPORT, failure({ input: null }))).toBeUndefined();
    expect(reproduceLocally(REPORT, failure({ role: 'combiner' }))).toBeUndefined();
  });
});
