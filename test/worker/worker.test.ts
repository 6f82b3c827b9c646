import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectTcp } from '../../src/protocol/net/tcp-connect.ts';
import type { WorkerCommand } from '../../src/worker/lifecycle/commands.ts';
import type { WorkerEvent } from '../../src/worker/lifecycle/events.ts';
import { WorkerCore } from '../../src/worker/lifecycle/worker-core.ts';
import { WORKER_DEFAULTS, type WorkerOptions } from '../../src/worker/options.ts';
import { startWorker, type Worker } from '../../src/worker/worker.ts';
import { FakeManager } from './fake-manager.ts';
import { map, MAP_TASK, SUCCESS } from './lifecycle/worker-bench.ts';
import { StubSlots } from './stub-slots.ts';

let directory: string;
let manager: FakeManager;
let workers: Worker[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'muster-test-'));
  await writeFile(join(directory, 'cluster.json'), JSON.stringify({ token: 'token-1' }));
  manager = await FakeManager.start();
  workers = [];
});

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.release()));
  await manager.close();
  await rm(directory, { recursive: true, force: true });
});

interface Started {
  readonly worker: Worker;
  readonly slots: StubSlots;
  readonly workDirectory: string;
  /** Waits until the human log holds a text. */
  readonly said: (text: string) => Promise<void>;
}

async function start(options: Partial<WorkerOptions> = {}): Promise<Started> {
  const workDirectory = join(directory, 'work');
  const stderr = new PassThrough({ encoding: 'utf8' });
  const made: { slots?: StubSlots } = {};
  const worker = await startWorker(
    {
      ...WORKER_DEFAULTS,
      managerPort: manager.port,
      slots: 2,
      workDirectory,
      stderr,
      ...options,
    },
    { openSlots: (pool) => (made.slots = new StubSlots(pool)) },
  );
  workers.push(worker);
  if (!made.slots) throw new Error('the Worker has made no slots');
  let text = '';
  const said = async (wanted: string): Promise<void> => {
    while (!text.includes(wanted)) {
      const chunk = stderr.read() as string | null;
      if (chunk === null) await new Promise((resolve) => stderr.once('readable', resolve));
      else text += chunk;
    }
  };
  return { worker, slots: made.slots, workDirectory, said };
}

/** A Worker that serves, with its registration done. */
async function startServing(options: Partial<WorkerOptions> = {}): Promise<Started> {
  const started = await start(options);
  await manager.register({ shared_directory: directory });
  await manager.next('ready');
  return started;
}

test('a Worker registers, sees the directory, runs what it is given and reports it', async () => {
  const { worker, slots } = await start({ name: 'node2-7' });
  const register = await manager.register({ shared_directory: directory });
  expect(register).toMatchObject({
    worker_id: 'node2-7',
    slots: 2,
    port: worker.port,
    cluster_id: null,
    attempts: [],
  });
  expect(register.capabilities).toContain('guard');
  expect(await manager.next('ready')).toMatchObject({ problem: null });
  manager.order({ ...MAP_TASK, ...map(3) });
  expect(await manager.next('started')).toMatchObject(map(3));
  slots.tell(0, { type: 'ended', result: SUCCESS });
  expect(await manager.next('finished')).toMatchObject({ ...map(3), outputs: SUCCESS.outputs });
});

test('heartbeats come by UDP, and by TCP too while UDP is not confirmed', async () => {
  await start();
  await manager.register({ shared_directory: directory });
  const beats = [await manager.next('heartbeat'), await manager.next('heartbeat')];
  expect(beats.map((beat) => beat.number)).toEqual([1, 1]);
});

test('a directory without the token is told in one sentence', async () => {
  const { said } = await start();
  const elsewhere = join(directory, 'elsewhere');
  await manager.register({ shared_directory: elsewhere });
  const { problem } = await manager.next('ready');
  expect(problem).toMatch(
    /^Cannot see the Manager's shared directory ".*\/elsewhere" on .*: no such file or directory\. Mount it at the same path\.$/,
  );
  await said('Mount it at the same path.');
});

test('a Worker that starts before its Manager says so and finds it', async () => {
  const { port } = manager;
  await manager.close();
  const { said } = await start({ managerPort: port });
  await said(`Waiting for a Manager at 127.0.0.1:${String(port)}: connection refused`);
  manager = await FakeManager.start(port);
  await manager.register({ shared_directory: directory });
  expect(await manager.next('ready')).toMatchObject({ problem: null });
});

test('a cut connection is mended by the same process with the same attempts', async () => {
  const { slots, worker } = await startServing();
  manager.order({ ...MAP_TASK, ...map(0) });
  await manager.next('started');
  manager.cut();
  const register = await manager.register({ shared_directory: directory });
  expect(register).toMatchObject({
    worker_id: worker.workerId,
    nonce: worker.settings.nonce,
    cluster_id: 'cluster-1',
    attempts: [{ ...map(0), state: 'running' }],
  });
  slots.tell(0, { type: 'ended', result: SUCCESS });
  expect(await manager.next('finished')).toMatchObject(map(0));
});

test('a Worker that is told to stop finishes, says goodbye and leaves nothing', async () => {
  const { worker, slots, workDirectory } = await startServing();
  expect(await readdir(workDirectory)).toHaveLength(1);
  expect(slots.options.workDirectory).toContain(workDirectory);
  manager.order({ ...MAP_TASK, ...map(0) });
  await manager.next('started');
  worker.stop();
  expect((await manager.next('ready')).problem).toBe('This Worker is stopping');
  slots.tell(0, { type: 'ended', result: SUCCESS });
  await manager.next('finished');
  manager.order({ message_type: 'settled', ...map(0), outcome: 'committed', received: 4 });
  await manager.next('goodbye');
  expect(await worker.finished).toBe(0);
  expect(slots.closed).toBe(true);
  await expect(readdir(workDirectory)).rejects.toThrow('ENOENT');
});

test('told twice, it kills what runs', async () => {
  const { worker } = await startServing();
  manager.order({ ...MAP_TASK, ...map(0) });
  await manager.next('started');
  worker.stop();
  worker.stop();
  expect(await manager.next('returned')).toMatchObject({ ...map(0), was_started: true });
  await manager.next('goodbye');
  expect(await worker.finished).toBe(0);
});

test('shutdown of the cluster ends a Worker with 0', async () => {
  const { worker } = await startServing();
  manager.order({ ...MAP_TASK, ...map(0) });
  await manager.next('started');
  manager.order({ message_type: 'shutdown' });
  await manager.next('goodbye');
  await manager.next('closed');
  expect(await worker.finished).toBe(0);
});

test('a Manager of another protocol version ends a Worker with 2', async () => {
  const { worker, said } = await start();
  await manager.register({ shared_directory: directory, protocol_version: 2 });
  expect(await worker.finished).toBe(2);
  await said('protocol version 1');
});

test('a Worker tells of itself on its own port and refuses everything else', async () => {
  const { worker } = await startServing();
  const connection = await connectTcp({
    host: '127.0.0.1',
    port: worker.port,
    direction: 'from_manager_to_client',
    timeoutMs: 5000,
  });
  const answers: object[] = [];
  const twoAnswers = new Promise<void>((resolve) => {
    connection.onMessage((message) => {
      if (answers.push(message) === 2) resolve();
    });
  });
  connection.send({ message_type: 'list_workers' });
  connection.send({ message_type: 'shutdown' });
  await twoAnswers;
  connection.destroy();
  expect(answers).toMatchObject([
    { message_type: 'workers', workers: [{ worker_id: worker.workerId, state: 'live', slots: 2 }] },
    { message_type: 'error', code: 'not_allowed' },
  ]);
});

test('two Workers of one machine take two names', async () => {
  const [first, second] = [await start(), await start()];
  expect(first.worker.workerId).toMatch(/-1$/);
  expect(second.worker.workerId).toMatch(/-2$/);
});

test('a host beyond this machine is refused without a secret', async () => {
  await expect(start({ host: '0.0.0.0' })).rejects.toThrow('Cannot listen on "0.0.0.0"');
});

test('an unknown Manager host is refused by name', async () => {
  await expect(start({ managerHost: 'no-such-host.invalid' })).rejects.toThrow(
    'Cannot find the Manager\'s host "no-such-host.invalid"',
  );
});

test('what a Worker did can be replayed, and its log file has a line for each step', async () => {
  const steps: { event: WorkerEvent; nowMs: number; commands: readonly WorkerCommand[] }[] = [];
  const logFile = join(directory, 'worker.jsonl');
  const { worker, slots } = await startServing({
    logFile,
    onStep: (event, nowMs, commands) => steps.push({ event, nowMs, commands }),
  });
  manager.order({ ...MAP_TASK, ...map(0) });
  await manager.next('started');
  slots.tell(0, { type: 'ended', result: SUCCESS });
  await manager.next('finished');
  manager.order({ message_type: 'shutdown' });
  await worker.finished;

  const again = new WorkerCore(worker.settings, 0);
  for (const { event, nowMs, commands } of JSON.parse(JSON.stringify(steps)) as typeof steps) {
    expect(JSON.parse(JSON.stringify(again.step(event, nowMs)))).toEqual(commands);
  }
  const log = await readFile(logFile, 'utf8');
  const messages = log
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { message: string }).message);
  expect(messages.filter((message) => message.includes('job-0001/map-00000.1'))).toEqual([
    'event order new_map_task job-0001/map-00000.1',
    'command run job-0001/map-00000.1 in slot 0',
    'event slot 0 job-0001/map-00000.1 started',
    'command send started job-0001/map-00000.1',
    'event slot 0 job-0001/map-00000.1 ended finished',
    'command send finished job-0001/map-00000.1',
  ]);
});
