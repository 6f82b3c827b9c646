import type { WorkerView } from '../../protocol/job-report.ts';
import { describeTime } from '../../runtime/times.ts';
import { printable } from './printable.ts';
import type { Table } from './table.ts';

/** `mapreduce workers`: a row per Worker, and why one gets no tasks. */
export function workerTable(workers: readonly WorkerView[]): Table {
  return {
    headings: [
      'WORKER',
      'STATE',
      'SLOTS',
      'RUNNING',
      'QUEUED',
      'DONE',
      'FAILED',
      'SEEN',
      'ADDRESS',
      'REASON',
    ],
    rows: workers.map((worker) => [
      printable(worker.worker_id),
      worker.state,
      String(worker.slots),
      String(worker.running),
      String(worker.queued),
      String(worker.finished),
      String(worker.failed),
      `${describeTime(worker.last_sign_of_life_ms_ago)} ago`,
      printable(worker.address),
      reasonOf(worker),
    ]),
  };
}

function reasonOf({ reason, udp }: WorkerView): string {
  const noUdp = udp ? [] : ['no UDP heartbeat yet'];
  return [...(reason === null ? [] : [printable(reason)]), ...noUdp].join('; ') || '-';
}
