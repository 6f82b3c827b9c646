import { mkdirSync, writeFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { Manager } from '../../src/manager/manager.ts';
import { registerWorker, type useManagers } from './manager-fixture.ts';
import type { Wire } from './wire.ts';
import { statisticsOf } from '../statistics-of.ts';

/** A map-only job over one small file, as one line through `nc` would ask for it. */
export function bareJob(directory: string, changes: object = {}): object {
  mkdirSync(`${directory}/data`, { recursive: true });
  writeFileSync(`${directory}/data/a.txt`, 'b\na\n');
  return {
    message_type: 'new_manager_job',
    input_directory: `${directory}/data`,
    output_directory: `${directory}/out`,
    mapper_executable: 'cat',
    num_reducers: 0,
    ...changes,
  };
}

/** Does the one map task of {@link bareJob} as a Worker would, by hand. */
export async function doMapTask(wire: Wire, say: (message: object) => void): Promise<void> {
  const order = await wire.next('new_map_task');
  const { job_id, stage, task_index, attempt } = order;
  const reference = { job_id, stage, task_index, attempt };
  say({ message_type: 'started', ...reference });
  const name = `map-${String(task_index).padStart(5, '0')}.${String(attempt)}`;
  const output = `${String(order['staging_directory'])}/attempts/${name}`;
  mkdirSync(output);
  writeFileSync(`${output}/part`, 'b\na\n');
  const size = { input_bytes: 4, input_records: 2, output_bytes: 4, output_records: 2 };
  say({
    message_type: 'finished',
    ...reference,
    outputs: [{ name: 'part', bytes: 4, records: 2, crc32: crc32('b\na\n') }],
    statistics: statisticsOf({
      ...size,
      duration_ms: 1,
    }),
    counters: [],
  });
  await wire.next('settled');
}

/** One {@link bareJob} from its submission to its end. */
export async function runBareJob(
  managers: ReturnType<typeof useManagers>,
  manager: Manager,
  directory: string,
): Promise<void> {
  const worker = managers.connect(manager);
  const { say } = await registerWorker(worker, 'node1-1');
  const client = managers.connect(manager);
  client.send(bareJob(directory));
  await client.next('job_accepted');
  client.send({ message_type: 'watch_job', job: null });
  await doMapTask(worker, say);
  await client.next('job_finished');
}
