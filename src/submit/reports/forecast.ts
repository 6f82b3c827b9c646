import type { GroupSize, JobReport } from '../../protocol/job-report.ts';

/** What the whole job will take, scaled up from a sample; all figures are estimates. */
export interface Forecast {
  /** Of its input that the sample read, in percent. */
  readonly sampled_percent: number;
  /** The slots that the times are for. */
  readonly slots: number;
  readonly map_ms: number;
  readonly reduce_ms: number;
  readonly map_output_bytes: number;
  /** Where map output goes; null when it is not known. */
  readonly free_bytes: number | null;
  /** What the reduce with most to read reads, and its share of all in percent. */
  readonly largest_partition: {
    readonly task: string;
    readonly input_bytes: number;
    readonly percent: number;
  } | null;
  /** Most records first, each with its share of all in percent. */
  readonly largest_keys: readonly (GroupSize & { readonly percent: number })[];
}

/**
 * Scales what a sample showed to the whole job, as if everything grew with the input: right for
 * maps and for what they write, too much for what a combiner shrinks.
 * @returns undefined for a job that was no sample, or that read nothing
 */
export function forecastOf({ sample, maps, reduces }: JobReport): Forecast | undefined {
  if (sample === null || maps.input_bytes === 0) return undefined;
  const scale = sample.input_bytes / maps.input_bytes;
  const slots = Math.max(1, sample.slots);
  const reduceMs = Math.max(sample.longest_reduce_ms, sample.reduce_task_ms / slots);
  const { largest_partition: largest } = sample;
  return {
    sampled_percent: (maps.input_bytes / sample.input_bytes) * 100,
    slots,
    map_ms: Math.round((sample.map_task_ms / slots) * scale),
    reduce_ms: Math.round(reduceMs * scale),
    map_output_bytes: Math.round(maps.output_bytes * scale),
    free_bytes: sample.free_bytes,
    largest_partition: largest && {
      task: largest.task,
      input_bytes: Math.round(largest.input_bytes * scale),
      percent: percentOf(largest.input_bytes, reduces.input_bytes),
    },
    largest_keys: sample.largest_keys.map(({ key, records }) => ({
      key,
      records: Math.round(records * scale),
      percent: percentOf(records, reduces.input_records ?? 0),
    })),
  };
}

function percentOf(part: number, whole: number): number {
  return whole === 0 ? 0 : (part / whole) * 100;
}
