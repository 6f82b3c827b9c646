import {
  attemptName,
  count,
  jobName,
  milliseconds,
  sentence,
  taskName,
  workerId,
} from './field-schemas.ts';
import type { JobEvent } from './job-report.ts';
import { SENTENCE_CHARS_MAX } from './limits.ts';
import { planSummary, stageProgress, status } from './report-schemas.ts';
import { literal, object, oneOf, real, type Schema, text, variants } from './schema.ts';

/** Schema of what happens to a job, as clients are told. */

const jobStage = oneOf('map', 'reduce', 'publish');

const attemptEvent = { attempt: attemptName, worker_id: workerId, cause: sentence };

export const jobEvent: Schema<JobEvent> = variants<JobEvent, 'kind'>(
  'kind',
  {
    accepted: object({ kind: literal('accepted'), plan: planSummary }),
    no_workers: object({ kind: literal('no_workers') }),
    queued_behind: object({
      kind: literal('queued_behind'),
      job: jobName,
      percent: real(0, 100),
    }),
    stage_started: object({ kind: literal('stage_started'), stage: jobStage, tasks: count }),
    attempt_failed: object({
      kind: literal('attempt_failed'),
      ...attemptEvent,
      charged: count,
      max_attempts: count,
    }),
    attempt_lost: object({ kind: literal('attempt_lost'), ...attemptEvent }),
    attempt_unfit: object({ kind: literal('attempt_unfit'), ...attemptEvent }),
    backup_started: object({
      kind: literal('backup_started'),
      attempt: attemptName,
      worker_id: workerId,
      slow_attempt: attemptName,
      slow_worker_id: workerId,
      ran_ms: milliseconds,
    }),
    resumed: object({
      kind: literal('resumed'),
      maps: stageProgress,
      reduces: stageProgress,
    }),
    map_voided: object({ kind: literal('map_voided'), task: taskName, cause: sentence }),
    warning: object({ kind: literal('warning'), text: text(SENTENCE_CHARS_MAX) }),
    progress: object({
      kind: literal('progress'),
      stage: jobStage,
      maps: stageProgress,
      reduces: stageProgress,
      slots: count,
      status,
    }),
  },
  'JobEvent',
);
