import { describe, expect, it } from 'vitest';
import type { SampleReport } from '../../../src/protocol/job-report.ts';
import { forecastOf } from '../../../src/submit/reports/forecast.ts';
import { forecastReport } from '../../../src/submit/reports/forecast-report.ts';
import { jobReport, stageReport } from '../sample-report.ts';

const MIB = 1024 * 1024;

/** 1 % of 1,000 MiB; its map output is as large as its input. */
const SAMPLE: SampleReport = {
  percent: 1,
  maps: 16,
  input_bytes: 1000 * MIB,
  slots: 2,
  free_bytes: 500 * MIB,
  map_task_ms: 2000,
  reduce_task_ms: 400,
  longest_reduce_ms: 300,
  largest_partition: { task: 'reduce-00001', input_bytes: 6 * MIB, input_records: 6000 },
  largest_keys: [
    { key: '"the"', records: 3000 },
    { key: '"of"', records: 500 },
  ],
};

function sampled(changes: Partial<SampleReport> = {}): ReturnType<typeof jobReport> {
  return jobReport({
    duration_ms: 1500,
    maps: stageReport({ tasks: 2, input_bytes: 10 * MIB, output_bytes: 10 * MIB }),
    reduces: stageReport({ tasks: 2, input_bytes: 10 * MIB, input_records: 10_000 }),
    sample: { ...SAMPLE, ...changes },
  });
}

describe('a forecast', () => {
  it('scales what the sample took to the whole input, on the slots there are', () => {
    expect(forecastOf(sampled())).toMatchObject({
      sampled_percent: 1,
      slots: 2,
      map_ms: 100_000,
      // The longest reduce, since no other slot can help it.
      reduce_ms: 30_000,
      map_output_bytes: 1000 * MIB,
      largest_partition: { task: 'reduce-00001', input_bytes: 600 * MIB, percent: 60 },
      largest_keys: [{ key: '"the"', records: 300_000, percent: 30 }, { records: 50_000 }],
    });
  });

  it('is told in sentences', () => {
    expect(forecastReport(sampled())).toEqual([
      'job-0007 succeeded in 1.5 s: 2 maps over 1.0 % of the input',
      'Forecast for all of it, on 2 slots: about 2 min 10 s (maps 1 min 40 s, reduces 30 s)',
      'Map output: about 0.977 GiB; 500 MiB are free, which is not enough',
      'Largest partition: reduce-00001, about 600 MiB (60 %)',
      'Largest keys: "the" about 300,000 records (30 %), "of" about 50,000 records (5.0 %)',
      'One reduce takes all records of a key: a combiner would shrink the largest',
      'Nothing was written: this was a sample',
    ]);
  });

  it('of a cluster without Workers yet is for one slot', () => {
    expect(forecastOf(sampled({ slots: 0 }))).toMatchObject({ slots: 1, map_ms: 200_000 });
  });

  it('cannot be made of nothing', () => {
    const empty = jobReport({ ...sampled(), maps: stageReport({ tasks: 0, input_bytes: 0 }) });
    expect(forecastOf(empty)).toBeUndefined();
    expect(forecastReport(empty)).toEqual([
      'job-0007 succeeded in 1.5 s: there was no input to sample',
    ]);
    expect(forecastOf(jobReport())).toBeUndefined();
  });
});
