import { mkdirSync, readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { readMapPieces, writeJobFile } from '../../../src/manager/store/job-file.ts';
import type { Piece } from '../../../src/protocol/manager-orders.ts';
import { planOf, specOf } from '../scheduler/harness/plans.ts';
import { useTemporaryDirectory } from '../temporary-directory.ts';

const directory = useTemporaryDirectory();
beforeEach(() => mkdirSync(`${directory()}/jobs`));

const place = { directory: '/out', stagingDirectory: '/.out.job-0007', mode: 'rename' } as const;

function piece(path: string): Piece {
  return {
    path,
    start: 3,
    length: 5,
    file_bytes: 8,
    inode: 1,
    mtime_ms: 1.5,
    compression: null,
  };
}

async function write(maps: readonly (readonly Piece[])[]): Promise<string> {
  const path = `${directory()}/job.json`;
  const spec = specOf({});
  await writeJobFile(path, { jobId: 7, spec, plan: { ...planOf(spec), maps }, place }, 0o600);
  return path;
}

test('a job file is one document that holds the submission and the whole plan', async () => {
  const maps = Array.from({ length: 1201 }, (_, index) => [piece(`/in/${String(index)}`)]);
  const spec = specOf({});
  const path = await write(maps);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
    schema_version: 1,
    job_id: 7,
    spec,
    place,
    plan: { ...planOf(spec), maps },
  });
});

test('a job without maps has one too', async () => {
  const path = await write([]);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ plan: { maps: [] } });
  await expect(readMapPieces(path, 0)).rejects.toThrow('it has no map task 0');
});

test('the pieces of one task are read without the others, wherever blocks end', async () => {
  // Lines longer than what is read at once, and names that a line must not break at.
  const long = Array.from({ length: 900 }, (_, index) =>
    piece(`/in/${'x'.repeat(400)}${String(index)}`),
  );
  const maps = [[piece('/in/a\nb"c')], long, [], [piece('/in/é'), piece('/in/last')]];
  const path = await write(maps);
  for (const [index, pieces] of maps.entries()) {
    expect(await readMapPieces(path, index)).toEqual(pieces);
  }
  await expect(readMapPieces(path, 4)).rejects.toThrow('it has no map task 4');
  await expect(readMapPieces(path, 99)).rejects.toThrow('it has no map task 99');
});
