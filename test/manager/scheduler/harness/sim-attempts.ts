import { attemptName, type AttemptRef } from '../../../../src/protocol/ids.ts';
import type {
  ManagerOrder,
  NewMapTask,
  NewReduceTask,
} from '../../../../src/protocol/manager-orders.ts';
import type { Failed, Finished } from '../../../../src/protocol/worker-messages.ts';
import { statisticsOf } from '../../../statistics-of.ts';

export type TaskMessage = NewMapTask | NewReduceTask;

/** How an attempt ends: well, perhaps with other counters, or with these fields of `failed`. */
export type Ending =
  | 'finished'
  | Partial<Pick<Finished, 'counters' | 'outputs' | 'lines'>>
  | (Pick<Failed, 'outcome'> & Partial<FailedBody>);

type Body<M> = Omit<M, 'worker_id' | 'nonce' | 'epoch' | 'number'>;
type FailedBody = Body<Failed>;
export type Report = Body<Finished> | FailedBody;

export interface SimAttempt {
  readonly ref: AttemptRef;
  readonly order: TaskMessage;
  state: 'queued' | 'running' | 'stopping' | 'finished';
  started: boolean;
  startedAtMs: number;
  report: Report | undefined;
}

export function isTask(order: ManagerOrder): order is TaskMessage {
  return order.message_type === 'new_map_task' || order.message_type === 'new_reduce_task';
}

export function refOf({ job_id, stage, task_index, attempt }: AttemptRef): AttemptRef {
  return { job_id, stage, task_index, attempt };
}

const OUTPUT_BYTES = 10;

/** The message for an attempt's end. Every attempt counts one `run` in its counters. */
export function reportOf({ ref, order }: SimAttempt, ending: Ending, durationMs: number): Report {
  if (ending !== 'finished' && 'outcome' in ending) {
    return {
      message_type: 'failed',
      ...ref,
      cause: { text: 'exit code 3', exit_code: 3, signal: null, mend: 'mend the pump' },
      command: ref.stage === 'map' ? './map' : './reduce',
      role: ref.stage === 'map' ? 'mapper' : 'reducer',
      reproduce: ref.stage === 'map' ? './map' : './reduce',
      stderr_tail: ['oh no'],
      input: null,
      bad_run: null,
      ...ending,
    };
  }
  const name = ref.stage === 'map' && order.reduces > 0 ? 'run' : 'part';
  return {
    message_type: 'finished',
    ...ref,
    outputs: [{ name, bytes: OUTPUT_BYTES, records: 1, crc32: 0 }],
    statistics: statisticsOf({
      input_bytes: 100,
      input_records: 10,
      output_bytes: OUTPUT_BYTES,
      output_records: 1,
      duration_ms: durationMs,
    }),
    counters: [{ group: 'test', name: ref.stage, value: '1' }],
    ...(ending !== 'finished' && ending),
  };
}

/** What became of a Worker's attempts, by name: `map-00000.1`, with its job where it is not the first. */
export function nameIn(ref: AttemptRef): string {
  const name = attemptName(ref);
  return ref.job_id === 1 ? name : `job-${String(ref.job_id)}/${name}`;
}
