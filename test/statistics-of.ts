import type { AttemptStatistics } from '../src/protocol/worker-messages.ts';

/** What an attempt reports of itself, with zeros for what a test has nothing to say of. */
export function statisticsOf(known: Partial<AttemptStatistics>): AttemptStatistics {
  return {
    input_bytes: 0,
    input_records: 0,
    output_bytes: 0,
    output_records: 0,
    spills: 0,
    combine_input_records: 0,
    combine_output_records: 0,
    combine_skipped_records: 0,
    duration_ms: 0,
    ignored_input_bytes: 0,
    largest_groups: [],
    ...known,
  };
}
