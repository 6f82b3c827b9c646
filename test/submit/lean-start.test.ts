import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const SUBMIT = join(import.meta.dirname, '../../src/submit');
const PROTOCOL = join(import.meta.dirname, '../../dist/protocol');
/** What stands behind `#validators`, and what a client reads in a job that it waits for. */
const VALIDATORS = [
  'validators.js',
  ...['job_accepted', 'job_event', 'job_finished'].map(
    (type) => `validators/from_manager_to_client/${type}.cjs`,
  ),
].map((name) => join(PROTOCOL, name));
/** What `mapreduce-submit` imports late, one after the other, for a job that it waits for. */
const STEPS_OF_A_SUBMISSION = ['read-options.ts', 'client.ts', 'submit-job.ts', 'follow-to-end.ts'];

describe('the client', () => {
  it.each(['main.ts', 'mapreduce.ts'])(
    '%s loads nothing but commander before it has something to do',
    (file) => {
      expect(follow([file]).packages).toEqual(['commander']);
    },
  );

  it('submits and waits with commander, the validators and colours', () => {
    const { packages, late } = follow(['main.ts', ...STEPS_OF_A_SUBMISSION]);
    expect(packages).toEqual(['#validators', 'commander', 'picocolors']);
    for (const step of STEPS_OF_A_SUBMISSION) expect(late).toContain(join(SUBMIT, step));
  });

  it('loads none of the schemas that the validators were made from', () => {
    const { files } = follow(['main.ts', ...STEPS_OF_A_SUBMISSION]);
    expect(files.filter((file) => /schemas?\.ts$/.test(file))).toEqual([]);
  });

  it('has validators that load no more of ajv than how it counts characters', () => {
    const loaded = VALIDATORS.flatMap((file) => [
      ...readFileSync(file, 'utf8').matchAll(/(?:\bfrom |\brequire\()['"]([^'"]+)/g),
    ]);
    const names = new Set(loaded.map(([, name]) => name));
    expect([...names]).toEqual(['node:module', 'ajv/dist/runtime/ucs2length']);
  });
});

interface Loaded {
  /** Sorted, each once; what is Node's own is left out. */
  readonly packages: readonly string[];
  readonly files: readonly string[];
  /** Files that some file of these imports when it needs them. */
  readonly late: readonly string[];
}

/** Follows the static imports that are there at run time; types are not. */
function follow(starts: readonly string[]): Loaded {
  const packages = new Set<string>();
  const files = new Set<string>();
  const late = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, name = ''] of text.matchAll(/import\('([^']+)'\)/g)) {
      late.add(join(dirname(file), name));
    }
    for (const [, name = ''] of text.matchAll(
      /^(?:import|export) (?!type )(?:[^;]*? from )?'([^']+)';/gm,
    )) {
      if (name.startsWith('.')) visit(join(dirname(file), name));
      else if (!name.startsWith('node:')) packages.add(name);
    }
  };
  for (const start of starts) visit(join(SUBMIT, start));
  return { packages: [...packages].toSorted(), files: [...files], late: [...late] };
}
