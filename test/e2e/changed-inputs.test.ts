import { appendFile, mkdir, readdir, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Program, scratch, sharedCluster } from './cluster.ts';
import { open, waitingFor } from './gate.ts';
import { parts, sortedLines } from './shell.ts';

/** Input is read where it lies, so somebody may change it between the plan and the last map. */

const cluster = sharedCluster({ workers: [['--slots', '1']] });

interface Scene {
  readonly directory: string;
  readonly changing: string;
  readonly gate: string;
  readonly client: Program;
}

/** A job of two maps on one slot; the first waits, the second has not opened its file yet. */
async function scene(): Promise<Scene> {
  const directory = await scratch();
  const gate = join(directory, 'gate');
  await mkdir(join(directory, 'in'));
  await writeFile(join(directory, 'in', 'a'), 'a\t1\n');
  const changing = join(directory, 'in', 'b');
  await writeFile(changing, 'b\t1\n');
  const job = ['-i', 'in', '-o', 'out', '-m', waitingFor(gate), '-r', 'cat', '--split-size', '4'];
  const client = cluster().submitting([...job, '--json'], { cwd: directory });
  const [, name] = await client.said(/(job-\d+)/);
  await cluster().manager.said(new RegExp(`started ${String(name)}/map-00000`));
  return { directory, changing, gate, client };
}

const CHANGES: Readonly<Record<string, (path: string) => Promise<void>>> = {
  shorter: (path) => truncate(path, 2),
  replaced: async (path) => {
    await writeFile(`${path}.new`, 'x\t1\n');
    await rename(`${path}.new`, path);
  },
  rewritten: (path) => writeFile(path, 'x\t1\n'),
};

describe('an input that is', () => {
  for (const [change, make] of Object.entries(CHANGES)) {
    it(`${change} while the job runs fails it by name, at once`, async () => {
      const at = await scene();
      await make(at.changing);
      await open(at.gate);
      expect(await at.client.exited, at.client.stderr).toBe(1);
      expect(at.client.stderr).toContain(`Input "${at.changing}" changed while the job ran`);
      const report = JSON.parse(at.client.stdout) as { maps: { attempts: number } };
      expect(report.maps.attempts).toBe(2);
      expect((await readdir(at.directory)).toSorted()).toEqual(['gate', 'in']);
    });
  }

  it('longer keeps what was planned, and the report says how much was left out', async () => {
    const at = await scene();
    await appendFile(at.changing, 'c\t1\n');
    await open(at.gate);
    expect(await at.client.exited, at.client.stderr).toBe(0);
    expect(sortedLines(parts(join(at.directory, 'out')))).toEqual(['', 'a\t1', 'b\t1']);
    const words = `Input "${at.changing}" grew while the job ran: 4 bytes past its planned end were ignored`;
    expect(at.client.stderr).toContain(words);
    expect(JSON.parse(at.client.stdout)).toMatchObject({ warnings: [words] });
  });
});
