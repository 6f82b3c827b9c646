import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { PublishPart } from '../../../src/manager/scheduler/commands.ts';
import type { OutputPlace } from '../../../src/manager/scheduler/plan.ts';
import type { PreparePublish } from '../../../src/manager/publish/prepare-publish.ts';

/** One that goes with the test. */
export function newFixture(mode: OutputPlace['mode']): OutputFixture {
  const fixture = new OutputFixture(mode);
  onTestFinished(() => fixture.remove());
  return fixture;
}

/** A finished job's staging directory with two winners, a loser and side files. */
export class OutputFixture {
  readonly root = mkdtempSync(join(fastDirectory(), 'muster-publish-'));
  readonly place: OutputPlace;

  constructor(mode: OutputPlace['mode']) {
    const directory = `${this.root}/out`;
    const stagingDirectory =
      mode === 'rename' ? `${this.root}/.out.job-0007` : `${directory}/.job-0007`;
    this.place = { directory, stagingDirectory, mode };
    if (mode === 'in_place') mkdirSync(directory);
    mkdirSync(`${stagingDirectory}/attempts`, { recursive: true });
    this.attempt('reduce-00000.1', { part: 'a\t1\n' });
    this.attempt('reduce-00000.2', { part: 'loser' });
    this.attempt('reduce-00001.3', { part: 'b\t22\n', 'side/notes.txt': 'side' });
    this.attempt('map-00003.8', { 'bad/lines': 'loser' });
    this.attempt('map-00003.9', { 'bad/lines': 'crash\n', 'bad/records': '{}\n' });
  }

  attempt(name: string, files: Readonly<Record<string, string>>): void {
    const directory = `${this.place.stagingDirectory}/attempts/${name}`;
    for (const kind of ['side', 'bad']) mkdirSync(`${directory}/${kind}`, { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(`${directory}/${file}`, text);
  }

  request(changes: Partial<PreparePublish> = {}): PreparePublish {
    return {
      place: this.place,
      parts: [part(0, 1, 4, []), part(1, 3, 5, ['notes.txt'])],
      totalParts: 2,
      badRecords: [{ job_id: 7, stage: 'map', task_index: 3, attempt: 9 }],
      successMarker: true,
      umask: 0o022,
      ...changes,
    };
  }

  /** Names and contents of what users see, hidden names left out. */
  visible(): Record<string, string> {
    const { directory } = this.place;
    const names = readdirSync(directory, { encoding: 'utf8', recursive: true }).filter(
      (name) => !name.startsWith('.') && !statSync(`${directory}/${name}`).isDirectory(),
    );
    return Object.fromEntries(
      names.toSorted().map((name) => [name, readFileSync(`${directory}/${name}`, 'utf8')]),
    );
  }

  /** An output of an earlier job. */
  addOld(files: Readonly<Record<string, string>> = OLD): void {
    mkdirSync(this.place.directory, { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(`${this.place.directory}/${name}`), { recursive: true });
      writeFileSync(`${this.place.directory}/${name}`, text);
    }
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

export const OLD = {
  'part-00000': 'old 0',
  'part-00001': 'old 1',
  'part-00002': 'old 2',
  _SUCCESS: '',
  '_bad/map-00000.lines': 'old',
};
export const NEW = {
  _SUCCESS: '',
  '_bad/map-00003.jsonl': '{}\n',
  '_bad/map-00003.lines': 'crash\n',
  'notes.txt': 'side',
  'part-00000': 'a\t1\n',
  'part-00001': 'b\t22\n',
};

export function part(
  index: number,
  attempt: number,
  bytes: number,
  sideFiles: readonly string[],
): PublishPart {
  return {
    attempt: { job_id: 7, stage: 'reduce', task_index: index, attempt },
    partIndex: index,
    bytes,
    sideFiles,
  };
}

/** Syncing to a disk hundreds of times would take seconds. */
function fastDirectory(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}
