import { describe, expect, it } from 'vitest';
import { CleanUp } from '../../bench/clean-up.ts';

describe('cleaning up', () => {
  it('undoes what was done, last first, once', async () => {
    const cleanUp = new CleanUp();
    const done: string[] = [];
    cleanUp.add(() => void done.push('directory'));
    const early = cleanUp.add(() => void done.push('early'));
    cleanUp.add(() => Promise.resolve().then(() => void done.push('daemon')));
    await early();
    await cleanUp.run();
    await cleanUp.run();
    expect(done).toEqual(['early', 'daemon', 'directory']);
  });

  it('lets nothing be started after it has begun', async () => {
    const cleanUp = new CleanUp();
    await cleanUp.run();
    expect(() => cleanUp.add(() => undefined)).toThrow('Interrupted');
  });
});
