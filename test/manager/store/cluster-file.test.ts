import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openCluster } from '../../../src/manager/store/cluster-file.ts';
import { useTemporaryDirectory } from '../temporary-directory.ts';

const directory = useTemporaryDirectory();
const isRoot = process.geteuid?.() === 0;

function shared(): string {
  return `${directory()}/shared`;
}

test('a new shared directory is made for its user alone', async () => {
  const cluster = await openCluster(shared(), false);
  expect(cluster).toMatchObject({ directory: shared(), epoch: 1, firstJobId: 1 });
  for (const name of ['', '/jobs', '/files', '/logs']) {
    expect(statSync(`${shared()}${name}`).mode & 0o7777).toBe(0o700);
  }
  expect(statSync(`${shared()}/cluster.json`).mode & 0o777).toBe(0o600);
  const file: unknown = JSON.parse(readFileSync(`${shared()}/cluster.json`, 'utf8'));
  expect(file).toEqual({
    format_version: 1,
    cluster_id: cluster.clusterId,
    token: cluster.token,
    epoch: 1,
  });
  await cluster.release();
});

test('with --shared-group the group may use it', async () => {
  const cluster = await openCluster(shared(), true);
  expect(statSync(`${shared()}/jobs`).mode & 0o7777).toBe(0o2770);
  expect(statSync(`${shared()}/cluster.json`).mode & 0o777).toBe(0o640);
  await cluster.release();
});

test('each Manager is a new epoch of the same cluster and uses no job number again', async () => {
  const first = await openCluster(shared(), false);
  await first.release();
  mkdirSync(`${shared()}/jobs/job-0007`);
  const second = await openCluster(shared(), false);
  await second.release();
  expect(second).toMatchObject({
    clusterId: first.clusterId,
    token: first.token,
    epoch: 2,
    firstJobId: 8,
  });
});

test('a second Manager on the same directory is refused until the first has gone', async () => {
  const first = await openCluster(shared(), false);
  await expect(openCluster(`${shared()}/../shared`, false)).rejects.toMatchObject({
    message: `Cannot use the shared directory "${shared()}": the Manager with process id ${String(process.pid)} is using it; stop that one first`,
    exitCode: 2,
  });
  await first.release();
  await (await openCluster(shared(), false)).release();
});

test('a directory that everybody can write to is refused', async () => {
  mkdirSync(shared());
  chmodSync(shared(), 0o777);
  await expect(openCluster(shared(), false)).rejects.toThrow(
    `Cannot use the shared directory "${shared()}": every user can write to it: run chmod o-w ${shared()}`,
  );
});

test.skipIf(!isRoot)("another user's directory is refused", async () => {
  mkdirSync(shared(), { mode: 0o700 });
  chownSync(shared(), 12_345, 12_345);
  await expect(openCluster(shared(), false)).rejects.toThrow(
    `Cannot use the shared directory "${shared()}": it belongs to another user (uid 12345)`,
  );
});

test.each([
  ['{', /cluster.json" is not a Manager's/],
  ['{"format_version":1}', /cluster.json" is not a Manager's/],
  [
    '{"format_version":2,"cluster_id":"x","token":"y","epoch":4}',
    /it has format version 2, this Manager knows 1: use the newer Muster that wrote it/,
  ],
])('a cluster.json of %s is refused and left as it is', async (text, message) => {
  mkdirSync(shared(), { mode: 0o700 });
  writeFileSync(`${shared()}/cluster.json`, text);
  await expect(openCluster(shared(), false)).rejects.toThrow(message);
  expect(readFileSync(`${shared()}/cluster.json`, 'utf8')).toBe(text);
});

test('a file in the place of the directory is refused', async () => {
  writeFileSync(shared(), '');
  await expect(openCluster(shared(), false)).rejects.toThrow(
    `Cannot use the shared directory "${shared()}": not a directory`,
  );
});
