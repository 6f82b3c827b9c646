/** Below this the time to start a program is all that would be seen. */
const SAMPLE_SPLIT_BYTES_MIN = 64 * 1024;

/**
 * The size of splits for a sample: so small that the sample is no more than its share, and that
 * every slot gets a split of it.
 * @param splitBytes the size for the whole job
 */
export function sampleSplitBytes(
  splitBytes: number,
  sample: { readonly inputBytes: number; readonly percent: number; readonly slots: number },
): number {
  const share = (sample.inputBytes * sample.percent) / 100 / Math.max(1, sample.slots);
  return Math.min(splitBytes, Math.max(SAMPLE_SPLIT_BYTES_MIN, Math.ceil(share)));
}

/** About `percent` of the tasks, at least one where there is one, spread evenly, in their order. */
export function sampleTasks<Task>(tasks: readonly Task[], percent: number): readonly Task[] {
  const wanted = Math.min(tasks.length, Math.max(1, Math.round((tasks.length * percent) / 100)));
  const step = tasks.length / wanted;
  return Array.from({ length: wanted }, (_, index) => Math.floor((index + 0.5) * step)).flatMap(
    (index) => tasks.slice(index, index + 1),
  );
}
