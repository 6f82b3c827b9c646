import { BAD_RECORD_FILES, BAD_RECORDS_NAME } from '../../src/protocol/job-layout.ts';
import type {
  TaskFailure,
  TaskOrderMessage,
  TaskSuccess,
} from '../../src/worker/tasks/task-result.ts';
import { statisticsOf } from '../statistics-of.ts';
import { leftOut } from './bad-lines.ts';

/** What slots say of attempts. */

interface Written {
  readonly name: string;
  readonly bytes: number;
}

export function withLeftOut(
  result: TaskSuccess,
  map: number,
  without: readonly number[],
): TaskSuccess {
  const { lines, records } = leftOut(map, without);
  const kept = [
    { name: `${BAD_RECORDS_NAME}/${BAD_RECORD_FILES.lines}`, bytes: lines.length },
    { name: `${BAD_RECORDS_NAME}/${BAD_RECORD_FILES.records}`, bytes: records.length },
  ];
  return { ...result, outputs: [...result.outputs, ...success(kept).outputs] };
}

export function success(files: readonly Written[]): TaskSuccess {
  return {
    outcome: 'finished',
    outputs: files.map((file) => ({ ...file, records: 1, crc32: 0 })),
    statistics: statisticsOf({
      input_bytes: 100,
      input_records: 10,
      output_bytes: files[0]?.bytes ?? 0,
      output_records: 1,
      duration_ms: 1000,
    }),
    counters: [{ group: 'sim', name: 'finished', value: '1' }],
  };
}

export function failure(
  order: TaskOrderMessage | undefined,
  outcome: TaskFailure['outcome'],
  text: string,
): TaskFailure {
  return {
    outcome,
    cause: { text, exit_code: outcome === 'failed' ? 3 : null, signal: null },
    command: './program',
    role: order?.stage === 'reduce' ? 'reducer' : 'mapper',
    reproduce: null,
    stderr_tail: [],
    input: null,
    bad_run: null,
  };
}
