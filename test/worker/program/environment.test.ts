import { describe, expect, it } from 'vitest';
import {
  programEnvironment,
  type ProgramEnvironment,
} from '../../../src/worker/program/environment.ts';

const ofMap: ProgramEnvironment = {
  own: { PATH: '/bin', HOME: '/home/w', LANG: 'C.UTF-8', SECRET: 'x', LC_ALL: 'de_DE.UTF-8' },
  job: { THRESHOLD: '3' },
  jobName: 'count words',
  attempt: { job_id: 7, stage: 'map', task_index: 12, attempt: 2 },
  reduces: 4,
  workerId: 'node2-1',
  outputDirectory: '/out/.words.job-0007/attempts/map-00012.2/side',
  input: { path: '/data/a b.txt', start: 100, length: 50 },
  guardNonce: 'abc',
};

describe('the environment of a program', () => {
  it('is the allowed part of the own one, the order of C, the additions of the job and the names of Hadoop', () => {
    expect(programEnvironment(ofMap)).toEqual({
      PATH: '/bin',
      HOME: '/home/w',
      LANG: 'C.UTF-8',
      LC_COLLATE: 'C',
      THRESHOLD: '3',
      mapreduce_job_id: 'job-0007',
      mapreduce_job_name: 'count words',
      mapreduce_task_id: 'map-00012',
      mapreduce_task_attempt_id: 'map-00012.2',
      mapreduce_task_ismap: 'true',
      mapreduce_task_partition: '12',
      mapreduce_map_input_file: '/data/a b.txt',
      mapreduce_map_input_start: '100',
      mapreduce_map_input_length: '50',
      mapreduce_job_reduces: '4',
      mapreduce_task_output_dir: '/out/.words.job-0007/attempts/map-00012.2/side',
      mapreduce_worker_id: 'node2-1',
      MUSTER_GUARD: 'abc',
    });
  });

  it('names no input to a reducer', () => {
    const environment = programEnvironment({
      ...ofMap,
      attempt: { job_id: 7, stage: 'reduce', task_index: 3, attempt: 1 },
      input: undefined,
    });
    expect(environment).toMatchObject({
      mapreduce_task_ismap: 'false',
      mapreduce_task_id: 'reduce-00003',
      mapreduce_task_partition: '3',
    });
    expect(Object.keys(environment).filter((name) => name.includes('map_input'))).toEqual([]);
  });

  it('lets the job change PATH and the order, but not what the Worker says of itself', () => {
    const job = { PATH: '/opt/bin', LC_COLLATE: 'de', MUSTER_GUARD: '', mapreduce_job_id: 'x' };
    expect(programEnvironment({ ...ofMap, job })).toMatchObject({
      PATH: '/opt/bin',
      LC_COLLATE: 'de',
      MUSTER_GUARD: 'abc',
      mapreduce_job_id: 'job-0007',
    });
  });

  it('has a PATH even where the Worker has none', () => {
    expect(programEnvironment({ ...ofMap, own: {} })['PATH']).toBe('/usr/local/bin:/usr/bin:/bin');
  });
});
