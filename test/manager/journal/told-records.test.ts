import { expect, it } from 'vitest';
import { ToldRecords } from '../../../src/manager/journal/told-records.ts';
import type { JournalRecord } from '../../../src/manager/scheduler/records.ts';

const PUBLISHED: JournalRecord = { type: 'published', jobId: 1 };
const VOIDED: JournalRecord = {
  type: 'map_voided',
  attempt: { job_id: 2, stage: 'map', task_index: 0, attempt: 1 },
};

it('what was told and not stepped yet follows a snapshot, in its order', () => {
  const records = new ToldRecords();
  records.told(PUBLISHED);
  records.told({ type: 'job_removed', jobId: 3 });
  records.told(VOIDED);
  expect(records.underWay).toEqual([PUBLISHED, VOIDED]);
  records.stepped(PUBLISHED);
  records.stepped({ type: 'job_removed', jobId: 3 });
  expect(records.underWay).toEqual([VOIDED]);
});
