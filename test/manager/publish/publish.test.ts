import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cleanUp } from '../../../src/manager/publish/clean-up.ts';
import { type FileSystem, nodeFileSystem } from '../../../src/manager/publish/file-system.ts';
import { oldDirectory } from '../../../src/manager/publish/output-names.ts';
import { preparePublish } from '../../../src/manager/publish/prepare-publish.ts';
import { publish } from '../../../src/manager/publish/publish.ts';
import type { PublishRequest } from '../../../src/manager/publish/publish-request.ts';
import { type Fault, FaultyFileSystem } from './faulty-file-system.ts';
import { NEW, newFixture, OLD, type OutputFixture, part } from './output-fixture.ts';

/** What the output's directory holds then. */
const NAMES = [...new Set(Object.keys(NEW).map((name) => name.replace(/\/.*/, '')))];

/** What the `publishing` record would hold. */
const journal = new WeakMap<OutputFixture, { device: number; inode: number }>();

/** Both steps, as the scheduler asks for them. */
async function putOut(
  fixture: OutputFixture,
  overwrite = false,
  files: FileSystem = nodeFileSystem,
): Promise<void> {
  const id = idOf(await preparePublish(fixture.request(), files));
  journal.set(fixture, id);
  await publish({ jobId: 7, place: fixture.place, overwrite, ...id }, files);
}

describe.each(['rename', 'in_place'] as const)('with mode %s', (mode) => {
  test('winners, side files and the marker appear, losers do not', async () => {
    const fixture = newFixture(mode);
    const prepared = await preparePublish(fixture.request());
    expect(prepared.parts).toBe(2);
    if (mode === 'in_place') expect(fixture.visible()).toEqual({});
    await publish({ jobId: 7, place: fixture.place, overwrite: false, ...idOf(prepared) });
    expect(fixture.visible()).toEqual(NEW);
    await cleanUp({ jobId: 7, place: fixture.place, keepIntermediates: false }, fixture.root, fail);
    expect(readdirSync(fixture.place.directory).toSorted()).toEqual(NAMES);
    expect(readdirSync(fixture.root)).toEqual(['out']);
  });

  test('a job without parts and marker leaves an empty directory', async () => {
    const fixture = newFixture(mode);
    const request = fixture.request({
      parts: [],
      totalParts: 0,
      badRecords: [],
      successMarker: false,
    });
    const prepared = await preparePublish(request);
    for (let times = 0; times < 2; times += 1) {
      await publish({ jobId: 7, place: fixture.place, overwrite: false, ...idOf(prepared) });
    }
    expect(fixture.visible()).toEqual({});
  });

  test('an output that filled up meanwhile is left alone', async () => {
    const fixture = newFixture(mode);
    fixture.addOld();
    await expect(putOut(fixture)).rejects.toThrow(
      `Cannot publish to "${fixture.place.directory}": the directory is not empty any more`,
    );
    expect(fixture.visible()).toEqual(OLD);
  });

  test('overwriting replaces a whole old output, which goes with the clean-up', async () => {
    const fixture = newFixture(mode);
    fixture.addOld();
    await putOut(fixture, true);
    expect(fixture.visible()).toEqual(NEW);
    await cleanUp({ jobId: 7, place: fixture.place, keepIntermediates: false }, fixture.root, fail);
    expect(readdirSync(fixture.root)).toEqual(['out']);
    expect(readdirSync(fixture.place.directory).toSorted()).toEqual(NAMES);
  });

  test("overwriting refuses what is not a job's, and touches nothing", async () => {
    const fixture = newFixture(mode);
    fixture.addOld({ ...OLD, 'thesis.tex': 'x' });
    await expect(putOut(fixture, true)).rejects.toThrow(`"thesis.tex" in it is not a job's output`);
    expect(fixture.visible()).toEqual({ ...OLD, 'thesis.tex': 'x' });
  });

  test('a failure at any step leaves the old output or the new, never a mixture', async () => {
    const outcomes = await atEveryStep(mode, 'fails', async (fixture, faulty) => {
      const result = await putOut(fixture, true, faulty.files).catch(String);
      const expected = result === undefined ? NEW : OLD;
      expect(fixture.visible()).toEqual(expected);
      await cleanUp(
        { jobId: 7, place: fixture.place, keepIntermediates: result !== undefined },
        fixture.root,
        fail,
      );
      expect(fixture.visible()).toEqual(expected);
      return result === undefined;
    });
    expect(outcomes.filter((worked) => !worked).length).toBeGreaterThan(5);
  });

  test('a second failure, of the undoing too, leaves the old output or the new', async () => {
    let undone = 0;
    for (let first = 1, isLast = false; !isLast; first += 1) {
      for (let second = first + 1; ; second += 1) {
        const fixture = newFixture(mode);
        fixture.addOld();
        const request = await requestOver(fixture);
        const faulty = new FaultyFileSystem('fails', first, second);
        const result = await publish(request, faulty.files).catch(String);
        expect(fixture.visible(), String(result)).toEqual(result === undefined ? NEW : OLD);
        isLast = faulty.calls < first;
        if (faulty.calls < second) break;
        undone += 1;
      }
    }
    expect(undone).toBeGreaterThan(20);
  });

  test('the old output that a failure put back is synced', async () => {
    let times = 0;
    await atEveryStep(mode, 'fails', async (fixture, faulty) => {
      const result = await putOut(fixture, true, faulty.files).catch(String);
      const old = oldDirectory(fixture.place, 7);
      const backAt = faulty.done.findLastIndex((call) => call.startsWith(`rename ${old}`));
      if (backAt < 0) return true;
      times += 1;
      const names = mode === 'rename' ? fixture.root : fixture.place.directory;
      expect(result).toContain('Cannot publish to');
      expect(faulty.done.slice(backAt)).toContain(`open ${names}`);
      return false;
    });
    expect(times).toBeGreaterThan(1);
  });

  test('a step that is done but reports a failure does not lose anything', async () => {
    await atEveryStep(mode, 'lost_reply', async (fixture, faulty) => {
      const result = await putOut(fixture, true, faulty.files).catch(String);
      expect(fixture.visible()).toEqual(result === undefined ? NEW : OLD);
      return result === undefined;
    });
  });

  test('what was cut short at any step is finished by doing it again', async () => {
    await atEveryStep(mode, 'crash', async (fixture, faulty) => {
      await putOut(fixture, true, faulty.files).catch(() => undefined);
      const id = journal.get(fixture) ?? idOf(await preparePublish(fixture.request()));
      for (let times = 0; times < 2; times += 1) {
        await publish({ jobId: 7, place: fixture.place, overwrite: true, ...id });
      }
      expect(fixture.visible()).toEqual(NEW);
      return true;
    });
  });

  test('cut short at any step, then failing at any other, leaves the old output or the new', async () => {
    const whole = new FaultyFileSystem();
    const sound = newFixture(mode);
    sound.addOld();
    await publish(await requestOver(sound), whole.files);
    for (let cutAt = 1; cutAt <= whole.calls; cutAt += 1) {
      const outcomes = await atEveryStep(mode, 'fails', async (fixture, faulty) => {
        const request = await requestOver(fixture);
        await publish(request, new FaultyFileSystem('crash', cutAt).files).catch(() => undefined);
        const result = await publish(request, faulty.files).catch(String);
        expect(fixture.visible(), String(result)).toEqual(result === undefined ? NEW : OLD);
        return result === undefined;
      });
      expect(outcomes.length).toBeGreaterThan(1);
    }
  });
});

/** To put a prepared output in the place of an old one. */
async function requestOver(fixture: OutputFixture): Promise<PublishRequest> {
  const id = idOf(await preparePublish(fixture.request()));
  return { jobId: 7, place: fixture.place, overwrite: true, ...id };
}

/** Runs one publish per call, each with a fault at another one. */
async function atEveryStep(
  mode: 'rename' | 'in_place',
  fault: Fault,
  run: (fixture: OutputFixture, faulty: FaultyFileSystem) => Promise<boolean>,
): Promise<boolean[]> {
  const outcomes: boolean[] = [];
  for (let at = 1; ; at += 1) {
    const fixture = newFixture(mode);
    fixture.addOld();
    const faulty = new FaultyFileSystem(fault, at);
    outcomes.push(await run(fixture, faulty));
    if (faulty.calls < at) return outcomes;
  }
}

test('an existing empty directory gives its mode and owner to the new one', async () => {
  const fixture = newFixture('rename');
  mkdirSync(fixture.place.directory);
  chmodSync(fixture.place.directory, 0o2775);
  const { uid, gid } = statSync(fixture.place.directory);
  await putOut(fixture);
  expect(statSync(fixture.place.directory)).toMatchObject({ uid, gid });
  expect(statSync(fixture.place.directory).mode & 0o7777).toBe(0o2775);
});

test("a new directory gets the mode that the submitter's umask gives", async () => {
  const fixture = newFixture('rename');
  const prepared = await preparePublish(fixture.request({ umask: 0o027 }));
  await publish({ jobId: 7, place: fixture.place, overwrite: false, ...idOf(prepared) });
  expect(statSync(fixture.place.directory).mode & 0o777).toBe(0o750);
  expect(statSync(`${fixture.place.directory}/_SUCCESS`).mode & 0o777).toBe(0o640);
});

test('a part of the wrong size fails the job by name', async () => {
  const fixture = newFixture('rename');
  fixture.attempt('reduce-00000.1', { part: 'short' });
  await expect(putOut(fixture)).rejects.toThrow(
    'Cannot publish file "part-00000" of reduce-00000.1: it has 5 bytes instead of 4',
  );
});

test('a part that is gone fails the job by name', async () => {
  const fixture = newFixture('rename');
  rmSync(`${fixture.place.stagingDirectory}/attempts/reduce-00001.3`, { recursive: true });
  await expect(putOut(fixture)).rejects.toThrow(
    /"(part-00001|notes.txt)" of reduce-00001.3: no such file/,
  );
});

test('two side files of one name fail the job, naming both writers', async () => {
  const fixture = newFixture('rename');
  const parts = [part(0, 1, 4, ['notes.txt']), part(1, 3, 5, ['notes.txt'])];
  await expect(preparePublish(fixture.request({ parts }))).rejects.toThrow(
    'Cannot publish file "notes.txt" of reduce-00001.3: reduce-00000.1 wrote a file of the same name',
  );
});

test.each(['../x', '', '..', 'a/b'])('a side file called %j is refused', async (name) => {
  const fixture = newFixture('rename');
  const parts = [part(0, 1, 4, [name])];
  await expect(preparePublish(fixture.request({ parts }))).rejects.toThrow('not a plain name');
});

test('a side file that is a link is not published', async () => {
  const fixture = newFixture('rename');
  symlinkSync('/etc/passwd', `${fixture.place.stagingDirectory}/attempts/reduce-00000.1/side/link`);
  const parts = [part(0, 1, 4, ['link'])];
  await expect(preparePublish(fixture.request({ parts }))).rejects.toThrow('not a regular file');
});

function idOf({ device, inode }: { device: number; inode: number }) {
  return { device, inode };
}

function fail(message: string): void {
  throw new Error(message);
}
