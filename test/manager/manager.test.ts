import { createSocket } from 'node:dgram';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { Scheduler } from '../../src/manager/scheduler/scheduler.ts';
import type { ManagerCommand } from '../../src/manager/scheduler/commands.ts';
import type { ManagerEvent } from '../../src/manager/scheduler/events.ts';
import { bareJob, doMapTask, runBareJob } from './bare-job.ts';
import { registerWorker, useManagers } from './manager-fixture.ts';
import { useTemporaryDirectory } from './temporary-directory.ts';

const directory = useTemporaryDirectory();
const managers = useManagers();

test('it says where it listens and how to start a Worker, and its directory goes with it', async () => {
  const { manager, stderr } = await managers.start();
  expect(existsSync(`${manager.sharedDirectory}/cluster.json`)).toBe(true);
  expect(readFileSync(`${manager.sharedDirectory}/logs/manager.jsonl`)).toBeDefined();
  manager.stop();
  expect(await manager.finished).toBe(0);
  expect(existsSync(manager.sharedDirectory)).toBe(false);
  const text = String(stderr.read());
  const port = String(manager.port);
  expect(text).toContain(`Manager listening on 127.0.0.1:${port}\n`);
  expect(text).toContain(`Start a Worker: mapreduce-worker --manager-port ${port}\n`);
  expect(text).toContain(`warning: No --shared-dir: jobs use "${manager.sharedDirectory}"`);
});

test('a bare job leaves nothing but its part, whole when first visible', async () => {
  const { manager } = await managers.start({ sharedDirectory: `${directory()}/shared` });
  mkdirSync(`${directory()}/out`, { mode: 0o750 });
  const seen: string[] = [];
  const watcher = watch(directory(), () => {
    const part = `${directory()}/out/part-00000`;
    if (existsSync(part)) seen.push(readFileSync(part, 'utf8'));
  });
  const worker = managers.connect(manager);
  const { say } = await registerWorker(worker, 'node1-1');
  const client = managers.connect(manager);
  client.sendLast(bareJob(directory()));
  expect(await client.rest()).toMatchObject([
    { message_type: 'job_accepted', job: 'job-0001', output_directory: `${directory()}/out` },
  ]);
  const watching = managers.connect(manager);
  watching.sendLast({ message_type: 'watch_job', job: '1' });
  await doMapTask(worker, say);
  const finished = (await watching.rest()).at(-1);
  expect(finished).toMatchObject({
    message_type: 'job_finished',
    report: { outcome: 'succeeded' },
  });
  watcher.close();
  expect(readdirSync(`${directory()}/out`)).toEqual(['part-00000']);
  expect(readFileSync(`${directory()}/out/part-00000`, 'utf8')).toBe('b\na\n');
  expect(seen.every((text) => text === 'b\na\n')).toBe(true);
  expect(statSync(`${directory()}/out`).mode & 0o777).toBe(0o750);
  expect(readdirSync(directory()).toSorted()).toEqual(['data', 'out', 'shared']);
  const job = `${directory()}/shared/jobs/job-0001`;
  expect(JSON.parse(readFileSync(`${job}/job.json`, 'utf8'))).toMatchObject({
    job_id: 1,
    plan: { inputFiles: 1 },
  });
});

test('shutdown ends Workers and Manager with 0, and jobs that have nothing to outlive it', async () => {
  const { manager } = await managers.start();
  const worker = managers.connect(manager);
  const { say } = await registerWorker(worker, 'node1-1');
  const client = managers.connect(manager);
  client.sendLast(bareJob(directory()));
  await client.next('job_accepted');
  const { job_id, stage, task_index, attempt } = await worker.next('new_map_task');
  const ending = managers.connect(manager);
  ending.sendLast({ message_type: 'shutdown' });
  await worker.next('cancel_task');
  say({ message_type: 'returned', job_id, stage, task_index, attempt, was_started: false });
  await worker.next('shutdown');
  say({ message_type: 'goodbye' });
  expect(await ending.rest()).toEqual([]);
  expect(await manager.finished).toBe(0);
  expect(readdirSync(directory())).toEqual(['data']);
});

test('the events of a real job, replayed, give the same commands', async () => {
  const steps: { event: string; nowMs: number; commands: string }[] = [];
  const { manager } = await managers.start({
    onStep: (event, nowMs, commands) =>
      steps.push({ event: JSON.stringify(event), nowMs, commands: JSON.stringify(commands) }),
  });
  await runBareJob(managers, manager, directory());
  const replayed = new Scheduler(manager.schedulerOptions);
  expect(steps.length).toBeGreaterThan(8);
  for (const { event, nowMs, commands } of steps) {
    const again: readonly ManagerCommand[] = replayed.step(
      JSON.parse(event) as ManagerEvent,
      nowMs,
    );
    expect(JSON.stringify(again)).toBe(commands);
  }
});

test('files come in chunks, and a job may use them', async () => {
  const { manager } = await managers.start();
  const client = managers.connect(manager);
  const sha256 = '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae';
  client.send({ message_type: 'has_files', hashes: [sha256] });
  expect(await client.next('files')).toMatchObject({ missing: [sha256] });
  const files = [{ path: 'map.sh', sha256, bytes: 3, mode: 0o755 }];
  const job = bareJob(directory(), { mapper_executable: './map.sh', files });
  client.send({ ...job, dry_run: true });
  expect(await client.next('job_plan')).toMatchObject({ plan: { maps: 1 } });
  client.send(job);
  expect(await client.next('error')).toMatchObject({
    message: 'Cannot use file "map.sh": its content was not sent; submit again',
  });
  expect(readdirSync(`${manager.sharedDirectory}/jobs`)).toEqual([]);
  client.send({ message_type: 'put_file', sha256, offset: 0, data_base64: 'Zm9v', last: true });
  expect(await client.next('files')).toMatchObject({ missing: [] });
  client.send(job);
  await client.next('job_accepted');
});

test("a bare job's programs are the Manager's files, as they were when it was accepted", async () => {
  const { manager } = await managers.start({ directory: directory() });
  writeFileSync(`${directory()}/map.sh`, '#!/bin/sh\ncat\n', { mode: 0o755 });
  const client = managers.connect(manager);
  client.send(bareJob(directory(), { mapper_executable: './map.sh', dry_run: true }));
  await client.next('job_plan');
  expect(readdirSync(`${manager.sharedDirectory}/files`)).toEqual([]);
  client.send(bareJob(directory(), { mapper_executable: './map.sh' }));
  await client.next('job_accepted');
  const [stored = ''] = readdirSync(`${manager.sharedDirectory}/files`);
  expect(readFileSync(`${manager.sharedDirectory}/files/${stored}`, 'utf8')).toContain('cat');
});

test("an attempt's log is read in pages", async () => {
  const { manager } = await managers.start();
  const worker = managers.connect(manager);
  await registerWorker(worker, 'node1-1');
  managers.connect(manager).send(bareJob(directory()));
  await worker.next('new_map_task');
  const log = `${manager.sharedDirectory}/jobs/job-0001/logs/map-00000.1.stderr`;
  writeFileSync(log, 'oops\n');
  const reader = managers.connect(manager);
  reader.sendLast({ message_type: 'read_log', job: null, task: 'map-0.1' });
  expect(await reader.rest()).toMatchObject([
    { message_type: 'log_lines', attempt: 'map-00000.1', lines: ['oops'], next: null },
  ]);
});

test('a connection speaks as a client or as a Worker, not both', async () => {
  const { manager } = await managers.start();
  const wire = managers.connect(manager);
  wire.send({ message_type: 'list_workers' });
  await wire.next('workers');
  wire.send({
    message_type: 'goodbye',
    worker_id: 'node1-1',
    nonce: 'x',
    epoch: 1,
    number: 1,
  });
  expect(await wire.next('error')).toMatchObject({
    code: 'not_allowed',
    message: 'Cannot take "goodbye" from a client',
  });
});

test('garbage is answered and logged a few times, and jobs do not notice', async () => {
  const { manager, stderr } = await managers.start();
  const udp = createSocket('udp4');
  for (let index = 0; index < 100; index += 1) {
    const wire = managers.connect(manager);
    wire.sendLast(index % 2 === 0 ? '{"message_type":' : '{"message_type":"nonsense"}');
    expect((await wire.rest())[0]).toMatchObject({ message_type: 'error' });
    udp.send('garbage', manager.port, '127.0.0.1');
  }
  udp.close();
  const client = managers.connect(manager);
  client.send(bareJob(directory()));
  await client.next('job_accepted');
  const complaints = String(stderr.read()).match(/Bad document/g) ?? [];
  expect(complaints.length).toBeGreaterThan(0);
  expect(complaints.length).toBeLessThan(10);
});

test('a taken port is refused in one line', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await expect(managers.start({ port })).rejects.toMatchObject({
    message: `Cannot listen on 127.0.0.1:${String(port)}: the port is taken. Stop what uses it, or choose another with --port`,
    exitCode: 2,
  });
  server.close();
});

test('a UDP port that is taken is refused in one line, and TCP is free again', async () => {
  const udp = createSocket('udp4');
  udp.bind(0, '127.0.0.1');
  await once(udp, 'listening');
  const { port } = udp.address();
  await expect(managers.start({ port })).rejects.toMatchObject({ exitCode: 2 });
  udp.close();
  await once(udp, 'close');
  const { manager } = await managers.start({ port });
  expect(manager.port).toBe(port);
});

test('other machines are refused without a secret', async () => {
  await expect(managers.start({ host: '0.0.0.0' })).rejects.toMatchObject({
    message: expect.stringContaining('Cannot listen on "0.0.0.0" without a secret') as string,
    exitCode: 2,
  });
});
