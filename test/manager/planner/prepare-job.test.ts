import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JobSpec } from '../../../src/protocol/job-spec.ts';
import type { JobPlan } from '../../../src/manager/scheduler/plan.ts';
import { PlannerFixture } from './planner-fixture.ts';

let fixture: PlannerFixture;
beforeEach(() => {
  fixture = new PlannerFixture();
});
afterEach(() => fixture.remove());

const isRoot = process.geteuid?.() === 0;
const NOBODY = 65_534;

async function asNobody<Result>(work: () => Promise<Result>): Promise<Result> {
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

function pathsOf(plan: JobPlan): string[] {
  return plan.maps.flat().map((piece) => piece.path.slice(fixture.root.length + 1));
}

test('a plan has the files of a directory in byte order, and says why it is so', async () => {
  const before = fixture.tree();
  const plan = await fixture.prepare();
  expect(pathsOf(plan)).toEqual(['data/a.txt', 'data/b.txt']);
  expect(plan).toMatchObject({ inputFiles: 2, inputBytes: 8, reduces: 1 });
  expect(plan.output).toEqual({ directory: `${fixture.root}/out`, mode: 'rename' });
  expect(plan.summary).toMatchObject({
    maps: 1,
    split_bytes: 1024,
    output_directory: `${fixture.root}/out`,
    reasons: [
      '1 map task: splits of 1 KiB, so that 2 slots get 2 tasks each',
      '1 reduce task: one for every 32 MiB of input',
      `The output appears at "${fixture.root}/out" at once when all parts are finished`,
    ],
    commands: [
      { role: 'mapper', command: "cat (from the Worker's PATH)" },
      { role: 'reducer', command: 'sum (built-in)' },
    ],
    warnings: [],
  });
  expect(fixture.tree()).toEqual(before);
});

test('several inputs of every kind are sorted together', async () => {
  mkdirSync(`${fixture.root}/more`);
  writeFileSync(`${fixture.root}/more/\u{1F600}.txt`, 'x\n');
  writeFileSync(`${fixture.root}/more/\uFB01.txt`, 'y\n');
  writeFileSync(`${fixture.root}/z[1].txt`, 'z\n');
  const plan = await fixture.prepare({ input_directory: ['z[1].txt', 'more', 'data/*.txt'] });
  expect(pathsOf(plan)).toEqual([
    'data/a.txt',
    'data/b.txt',
    'more/\uFB01.txt',
    'more/\u{1F600}.txt',
    'z[1].txt',
  ]);
});

test('hidden names and subdirectories are skipped and reported', async () => {
  for (const name of ['.hidden', '_SUCCESS', '_logs', '_x'])
    writeFileSync(`${fixture.root}/data/${name}`, 'x');
  mkdirSync(`${fixture.root}/data/sub`);
  symlinkSync('sub', `${fixture.root}/data/link`);
  const plan = await fixture.prepare();
  expect(pathsOf(plan)).toEqual(['data/a.txt', 'data/b.txt']);
  expect(plan.summary.warnings).toEqual([
    'Skipped in input "data" (hidden): ".hidden", "_logs", "_x"',
    'Skipped in input "data" (subdirectories; --recursive reads them): "link", "sub"',
  ]);
});

test('an empty directory is a job without maps, with a warning', async () => {
  mkdirSync(`${fixture.root}/empty`);
  const plan = await fixture.prepare({ input_directory: 'empty' });
  expect(plan.maps).toEqual([]);
  expect(plan.summary.warnings).toEqual(['Input "empty" is a directory without files']);
});

test('an input given twice is read twice, with a warning', async () => {
  const plan = await fixture.prepare({ input_directory: ['data', 'data/a.txt'] });
  expect(pathsOf(plan)).toEqual(['data/a.txt', 'data/a.txt', 'data/b.txt']);
  expect(plan.summary.warnings).toEqual([
    `Input "${fixture.root}/data/a.txt" is given more than once and read as often`,
  ]);
});

test('a bare job ships the files that its words name', async () => {
  const plan = await fixture.prepare({
    mapper_executable: './map.sh -x',
    reducer_executable: 'sh map.sh',
  });
  expect(plan.files).toMatchObject([{ path: 'map.sh', bytes: 14, mode: 0o755 }]);
  expect(plan.files[0]).not.toHaveProperty('source');
  expect(plan.summary.commands[0]?.command).toBe('./map.sh -x (travels with the job)');
});

test("a client's job uses the files it brought, and none of the Manager's", async () => {
  const file = { path: 'map.py', sha256: 'a'.repeat(64), bytes: 3, mode: 0o755 };
  const plan = await fixture.prepare({ mapper_executable: './map.py map.sh', files: [file] });
  expect(plan.files).toEqual([file]);
});

test('what is not used without a reducer is said', async () => {
  const plan = await fixture.prepare({ num_reducers: 0, combiner_executable: 'sum' });
  expect(plan.reduces).toBe(0);
  expect(plan.summary.warnings).toEqual([
    'The reducer is not used: the job has 0 reducers',
    'The combiner is not used: the job has 0 reducers',
  ]);
});

test.each<[string, Partial<JobSpec>]>([
  ['Cannot read input "gone/": no such file or directory', { input_directory: 'gone/' }],
  [
    'Cannot read input "data/*.csv": no file matches the pattern',
    { input_directory: 'data/*.csv' },
  ],
  [
    'Cannot read input "_old": names that begin with "." or "_" are hidden',
    { input_directory: '_old' },
  ],
  ['Cannot read input "": the name is empty', { input_directory: '' }],
  [
    'Cannot read input "/dev/null": it is not a regular file; mapreduce-submit --local reads it first',
    { input_directory: '/dev/null' },
  ],
  [
    'Cannot read input "x.gz": it is not compressed with gzip, as its name says',
    { input_directory: 'x.gz' },
  ],
  ['Cannot plan a job without inputs', { input_directory: [] }],
  [
    'Cannot read the list of inputs: its content was not sent; submit again',
    { input_directory: [], input_list: 'a'.repeat(64) },
  ],
  [
    'Cannot run a job without a reducer: give one, or 0 reducers to get the map output as it is',
    { reducer_executable: undefined as never },
  ],
  [
    'Cannot use mapper "cat | tr a b": "|" means something only to a shell, and none is run: quote it, or add --shell',
    { mapper_executable: 'cat | tr a b' },
  ],
  ['Cannot use mapper "": it is empty', { mapper_executable: '' }],
  ['Cannot use mapper: program "./no.sh": no such file', { mapper_executable: './no.sh' }],
  [
    'Cannot use reducer: program "./data/a.txt" is not executable: run chmod +x ./data/a.txt',
    { reducer_executable: './data/a.txt' },
  ],
  [
    'Cannot plan more than 250000 map tasks: splits of 1 byte are too small for this input',
    { input_directory: 'lines', split_bytes: 1 },
  ],
  [
    'Cannot keep total order with 0 reducers: map output is not sorted then; ask for 1 or more',
    { num_reducers: 0, total_order: true },
  ],
  ['Cannot plan more than 100000 reduce tasks', { num_reducers: 100_001 }],
])('refused: %s', async (reason, changes) => {
  mkdirSync(`${fixture.root}/_old`);
  writeFileSync(`${fixture.root}/x.gz`, 'x');
  if (changes.input_directory === 'lines')
    writeFileSync(`${fixture.root}/lines`, '\n'.repeat(250_001));
  await fixture.checkRefused(reason, changes);
});

test('a name that is not UTF-8 is refused by name', async () => {
  execFileSync('sh', ['-c', `printf x > "$(printf '${fixture.root}/data/caf\\351.txt')"`]);
  await fixture.checkRefused(
    'Cannot read input "ROOT/data/caf\\xe9.txt": its name is not UTF-8; rename it',
  );
});

test('a broken link is refused by name', async () => {
  symlinkSync('nowhere', `${fixture.root}/data/link`);
  await fixture.checkRefused('Cannot read input "ROOT/data/link": no such file or directory');
});

test('a shared directory that is gone refuses every job', async () => {
  rmSync(`${fixture.root}/shared`, { recursive: true });
  await fixture.checkRefused(
    'Cannot use the shared directory "ROOT/shared": no such file or directory',
  );
});

test.skipIf(!isRoot)('an input that this user cannot read is refused, naming both', async () => {
  chmodSync(fixture.root, 0o755);
  chmodSync(`${fixture.root}/data/b.txt`, 0o600);
  await asNobody(async () => {
    await expect(fixture.prepare({ output_directory: null })).rejects.toThrow(
      `Cannot read input "${fixture.root}/data/b.txt": permission denied, as user ${userInfo().username} on ${hostname()}`,
    );
  });
});
