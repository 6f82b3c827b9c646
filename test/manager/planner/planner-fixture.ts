import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { JobSpec } from '../../../src/protocol/job-spec.ts';
import { type PlannerPlace, prepareJob } from '../../../src/manager/planner/prepare-job.ts';
import type { JobPlan } from '../../../src/manager/scheduler/plan.ts';

/** A directory with `data/{a,b}.txt`, an executable `map.sh` and a shared directory. */
export class PlannerFixture {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'muster-plan-')));

  constructor() {
    mkdirSync(`${this.root}/shared`);
    mkdirSync(`${this.root}/data`);
    writeFileSync(`${this.root}/data/b.txt`, 'two\n');
    writeFileSync(`${this.root}/data/a.txt`, 'one\n');
    writeFileSync(`${this.root}/map.sh`, '#!/bin/sh\ncat\n', { mode: 0o755 });
  }

  /** Plans word count from `data` to `out` for two slots, unless changed. */
  prepare(changes: Partial<JobSpec> = {}, place: Partial<PlannerPlace> = {}): Promise<JobPlan> {
    const spec: JobSpec = {
      input_directory: 'data',
      output_directory: 'out',
      mapper_executable: 'cat',
      reducer_executable: 'sum',
      ...changes,
    };
    return prepareJob(spec, 2, {
      sharedDirectory: `${this.root}/shared`,
      directory: this.root,
      path: '/usr/bin:/bin',
      ...place,
    });
  }

  /** Checks the exact reason, with ROOT for the fixture's directory, and that nothing changed. */
  async checkRefused(
    reason: string,
    changes: Partial<JobSpec> = {},
    place: Partial<PlannerPlace> = {},
  ): Promise<void> {
    const before = this.tree();
    await expect(this.prepare(changes, place)).rejects.toMatchObject({
      name: 'JobRefused',
      message: reason.replaceAll('ROOT', this.root),
    });
    expect(this.tree()).toEqual(before);
  }

  /** The names of everything below the root. */
  tree(): string[] {
    return readdirSync(this.root, { recursive: true, encoding: 'utf8' }).toSorted();
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
