import type { JobEvent } from '../../protocol/job-report.ts';
import type { StageView } from './progress-text.ts';
import { RateMeter } from './rate-meter.ts';

/** A progress event with what the client measured. */
export interface ProgressSnapshot {
  /** Maps, then reduces; a stage without tasks is left out. */
  readonly stages: readonly StageView[];
  /** What a program reported last, or empty. */
  readonly status: string;
}

/** Adds rates and remaining times to the Manager's numbers. */
export class StageMeter {
  readonly #maps = new RateMeter();
  readonly #reduces = new RateMeter();

  measure(event: Extract<JobEvent, { kind: 'progress' }>, nowMs: number): ProgressSnapshot {
    const stages = [
      measured('map', event.maps, this.#maps, nowMs),
      measured('reduce', event.reduces, this.#reduces, nowMs),
    ];
    return { stages: stages.filter(({ progress }) => progress.tasks > 0), status: event.status };
  }
}

function measured(
  label: StageView['label'],
  progress: StageView['progress'],
  meter: RateMeter,
  nowMs: number,
): StageView {
  meter.add(progress.bytes_done, nowMs);
  const bytesPerSecond = meter.bytesPerSecond();
  const remainingMs = meter.remainingMs(progress.bytes_total);
  return { label, progress, bytesPerSecond, remainingMs };
}
