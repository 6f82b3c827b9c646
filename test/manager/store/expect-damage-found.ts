import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { checkRun } from '../../../src/manager/store/check-run.ts';

/** A run is sound, and is not whichever of its bytes has changed; some sixty of them are tried. */
export async function expectDamageFound(path: string): Promise<void> {
  expect(await checkRun(path)).toBeNull();
  const sound = readFileSync(path);
  for (let at = 0; at < sound.length; at += Math.ceil(sound.length / 60)) {
    const damaged = Buffer.from(sound);
    damaged[at] = (damaged[at] ?? 0) ^ 0x10;
    writeFileSync(path, damaged);
    expect(await checkRun(path), `byte ${String(at)}`).not.toBeNull();
  }
}
