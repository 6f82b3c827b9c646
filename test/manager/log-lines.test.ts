import { readFileSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { LogLevel } from '../../src/runtime/log-level.ts';
import { runBareJob } from './bare-job.ts';
import { useManagers } from './manager-fixture.ts';
import { useTemporaryDirectory } from './temporary-directory.ts';

const directory = useTemporaryDirectory();
const managers = useManagers();

test('the log follows each attempt at level info, every event and command at debug', async () => {
  const info = await messagesOfAJob('info');
  expect(info.filter((line) => line.includes('map-00000.1'))).toEqual([
    'command send_worker new_map_task job-0001/map-00000.1',
    'node1-1 started job-0001/map-00000.1',
    'job-0001/map-00000.1 committed by node1-1',
  ]);
  rmSync(`${directory()}/shared`, { recursive: true });
  rmSync(`${directory()}/out`, { recursive: true });
  expect(await messagesOfAJob('debug')).toEqual(
    expect.arrayContaining([
      'event client_message new_manager_job',
      'command make_staging job-0001',
      'command send_worker new_map_task job-0001/map-00000.1',
      'event worker_message started job-0001/map-00000.1 of node1-1',
      'event worker_message finished job-0001/map-00000.1 of node1-1',
      'command send_worker settled job-0001/map-00000.1',
      'command prepare_publish job-0001',
      'event published job-0001',
      'Manager stopped',
    ]),
  );
});

/** What the Manager logs of a job with one map task. */
async function messagesOfAJob(logLevel: LogLevel): Promise<readonly string[]> {
  const sharedDirectory = `${directory()}/shared`;
  const { manager } = await managers.start({ sharedDirectory, logLevel });
  await runBareJob(managers, manager, directory());
  manager.stop();
  await manager.finished;
  return readFileSync(`${directory()}/shared/logs/manager.jsonl`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { message: string }).message);
}
