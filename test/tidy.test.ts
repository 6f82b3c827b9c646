import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';

/** Rules about the repository itself that no other tool checks. */

const REPOSITORY = new URL('../', import.meta.url).pathname;
const SOURCES = find('{src,bin,test,bench}/**');
const SCRIPTS = find('samples/**', '.ci/**').filter((file) => !/\/(texts|expected)\//.test(file));
const LINES_MAX = 300;

describe('files', () => {
  it('are at most 300 lines long, documents left out', () => {
    const code = SOURCES.filter((file) => !file.endsWith('.md'));
    expect(code.filter((file) => lineCount(file) > LINES_MAX)).toEqual([]);
  });

  it('are named in kebab-case', () => {
    const kebab =
      /^(?:[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test|\.d)?(?:\.[a-z]+)?|(?:README|RESULTS)\.md)$/;
    expect([...SOURCES, ...SCRIPTS].filter((file) => !kebab.test(basename(file)))).toEqual([]);
  });

  it('are named for one idea, not for a heap of them', () => {
    const heap = /(?:^|\/)(?:utils?|helpers?|commons?|types?|misc)(?:\/|\.|$)/;
    expect(SOURCES.filter((file) => heap.test(file))).toEqual([]);
  });

  it('leave nothing to do and no test switched to run alone', () => {
    // Written with brackets, so that this file does not find itself.
    const leftover = /T[O]DO|F[I]XME|\bX[X]X\b|\.on[l]y\(/;
    const found = [...SOURCES, ...SCRIPTS].filter((file) => leftover.test(read(file)));
    expect(found).toEqual([]);
  });

  it('keep the address of any registry out of the lockfile', () => {
    expect(read('package-lock.json')).not.toMatch(/"resolved": "http/);
  });
});

describe('pure folders', () => {
  it('are at least half of the lines of the Manager and the Worker', () => {
    const all = find('src/{manager,worker}/**/*.ts');
    const pure = new Set(filesOfThePurityCheck());
    const pureLines = sumOfLines(all.filter((file) => pure.has(file)));
    expect(pureLines / sumOfLines(all)).toBeGreaterThanOrEqual(0.5);
  });
});

function filesOfThePurityCheck(): readonly string[] {
  const project: { readonly include: readonly string[] } = JSON.parse(
    read('test/purity/tsconfig.json'),
  );
  const patterns = project.include.map((pattern) => join('test/purity', pattern));
  return find(...patterns);
}

function find(...patterns: readonly string[]): readonly string[] {
  const ignore = ['**/node_modules/**', '**/__pycache__/**', 'bench/results/**'];
  return globSync([...patterns], { cwd: REPOSITORY, dot: true, ignore }).toSorted();
}

function sumOfLines(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + lineCount(file), 0);
}

function lineCount(file: string): number {
  return read(file).split('\n').length - 1;
}

function read(file: string): string {
  const path = join(REPOSITORY, file);
  return statSync(path).isFile() ? readFileSync(path, 'utf8') : '';
}
