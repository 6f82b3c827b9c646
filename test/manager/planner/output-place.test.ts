import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JobSpec } from '../../../src/protocol/job-spec.ts';
import { PlannerFixture } from './planner-fixture.ts';

let fixture: PlannerFixture;
beforeEach(() => {
  fixture = new PlannerFixture();
});
afterEach(() => fixture.remove());

/** A system where this user may write nothing but `allowed`. */
function readOnlyExcept(...allowed: string[]) {
  return {
    checkWritable: (directory: string) =>
      allowed.includes(directory) ? Promise.resolve() : Promise.reject(permissionDenied()),
  };
}

function permissionDenied(): Error {
  return Object.assign(new Error('EACCES: permission denied'), { errno: -13, code: 'EACCES' });
}

test('the result of a job without output goes to its own directory', async () => {
  const plan = await fixture.prepare({ output_directory: null });
  expect(plan.output).toEqual({ directory: null, mode: 'rename' });
});

test.each<[string, Partial<JobSpec>]>([
  [
    'Cannot write to "map.sh": it is there already and not a directory',
    { output_directory: 'map.sh' },
  ],
  [
    'Cannot write to "full": the directory is not empty; --overwrite replaces the output of an earlier job',
    { output_directory: 'full' },
  ],
  [
    'Cannot overwrite "full": "notes.txt" in it is not a job\'s output',
    { output_directory: 'full', overwrite: true },
  ],
  [
    'Cannot write to "no/where/out": its parent directory "ROOT/no/where" does not exist; make it first',
    { output_directory: 'no/where/out' },
  ],
  ['Cannot write to "data/out": it lies inside the input "data"', { output_directory: 'data/out' }],
  [
    'Cannot write to "empty": it is the input "empty"',
    { input_directory: 'empty', output_directory: 'empty' },
  ],
  [
    'Cannot write to "parts": the input "ROOT/parts/part-00000" lies inside it',
    { input_directory: 'parts/part-*', output_directory: 'parts', overwrite: true },
  ],
])('refused: %s', async (reason, changes) => {
  for (const name of ['full', 'empty', 'parts']) mkdirSync(`${fixture.root}/${name}`);
  writeFileSync(`${fixture.root}/full/part-00000`, 'x');
  writeFileSync(`${fixture.root}/full/notes.txt`, 'x');
  writeFileSync(`${fixture.root}/parts/part-00000`, 'x\n');
  await fixture.checkRefused(reason, changes);
});

test.each(['out', 'new/../out'])(
  'an unwritable place for %s is refused, naming user and machine',
  async (output) => {
    await fixture.checkRefused(
      `Cannot write to "${output}": "ROOT": permission denied, as user ${userInfo().username} on ${hostname()}`,
      { output_directory: output },
      { system: readOnlyExcept() },
    );
  },
);

test('an existing output that cannot be written is refused', async () => {
  mkdirSync(`${fixture.root}/out`);
  await fixture.checkRefused(
    `Cannot write to "out": "ROOT/out": permission denied, as user ${userInfo().username} on ${hostname()}`,
    {},
    { system: readOnlyExcept() },
  );
});

test('an output in a directory that cannot be written is filled in place', async () => {
  mkdirSync(`${fixture.root}/out`);
  const plan = await fixture.prepare({}, { system: readOnlyExcept(`${fixture.root}/out`) });
  expect(plan.output).toEqual({ directory: `${fixture.root}/out`, mode: 'in_place' });
  expect(plan.summary.reasons[2]).toContain(`"${fixture.root}" is not writable`);
});

test('a mount point is filled in place, and the plan says so', async () => {
  mkdirSync(`${fixture.root}/my out`);
  const escaped = `${fixture.root}/my\\040out`;
  const readMounts = () => Promise.resolve(`36 35 98:0 /x ${escaped} rw - ext4 /dev/x rw\n`);
  const plan = await fixture.prepare({ output_directory: 'my out' }, { system: { readMounts } });
  expect(plan.output).toEqual({ directory: `${fixture.root}/my out`, mode: 'in_place' });
  expect(plan.summary.reasons[2]).toBe(
    `Parts are moved into "${fixture.root}/my out" one by one when all are finished: it is a mount point`,
  );
});

test('links to the output and in its path are resolved', async () => {
  mkdirSync(`${fixture.root}/real/deep`, { recursive: true });
  symlinkSync('real', `${fixture.root}/link`);
  symlinkSync('real/deep', `${fixture.root}/straight`);
  expect((await fixture.prepare({ output_directory: 'link/out' })).output.directory).toBe(
    `${fixture.root}/real/out`,
  );
  expect((await fixture.prepare({ output_directory: 'straight' })).output.directory).toBe(
    `${fixture.root}/real/deep`,
  );
});

test("overwriting is planned where everything is a job's", async () => {
  mkdirSync(`${fixture.root}/out`);
  for (const name of ['part-00000', '_SUCCESS', '_temporary'])
    writeFileSync(`${fixture.root}/out/${name}`, '');
  expect((await fixture.prepare({ overwrite: true })).output.mode).toBe('rename');
});
