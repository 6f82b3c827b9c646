import { count, linePlaceFields, sentence, taskName } from './field-schemas.ts';
import type { BadRecordsReport } from './job-report.ts';
import { BAD_RECORDS_MAX } from './limits.ts';
import { listOf, object, type Schema } from './schema.ts';

/** Schema of what reports say of lines at which a mapper fails. */
export const badRecordsReport: Schema<BadRecordsReport> = object(
  {
    limit: count,
    probes: count,
    found: listOf(
      object({ ...linePlaceFields, task: taskName, cause: sentence }, 'BadRecord'),
      BAD_RECORDS_MAX + 1,
    ),
  },
  'BadRecordsReport',
);
