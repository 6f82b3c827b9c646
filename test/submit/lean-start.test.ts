import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const SOURCE = join(import.meta.dirname, '../../src/submit');

describe('before a command has something to do', () => {
  it.each(['main.ts', 'mapreduce.ts'])('%s loads nothing but commander', (file) => {
    const packages = new Set<string>();
    follow(join(SOURCE, file), new Set(), packages);
    expect([...packages]).toEqual(['commander']);
  });
});

/** Follows static imports that are there at run time; `import()` and types are not. */
function follow(file: string, seen: Set<string>, packages: Set<string>): void {
  if (seen.has(file)) return;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, name = ''] of text.matchAll(
    /^(?:import|export) (?!type )[^;]*?from '([^']+)';/gm,
  )) {
    if (name.startsWith('.')) follow(join(dirname(file), name), seen, packages);
    else if (!name.startsWith('node:')) packages.add(name);
  }
}
