import type { FailureReport } from '../../protocol/job-report.ts';

/** A failure that is no attempt's fault. */
export function blameless(cause: string): FailureReport {
  return {
    attempt: null,
    worker_id: null,
    input: null,
    cause,
    exit_code: null,
    signal: null,
    mend: null,
    command: null,
    role: null,
    reproduce: null,
    stderr_tail: [],
    charged_attempts: 0,
  };
}
