import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { needsFullRun } from '../needs.ts';
import { REPOSITORY } from '../samples/run-shell.ts';

describe('the demo', () => {
  it('gets the same from a pipeline and from a cluster that loses a Worker', async (context) => {
    const { run, temporary } = await startDemo(context);
    const { stdout, exitCode } = await run;
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^Killed worker-2 \(process \d+\) with SIGKILL at [4-9]\d % of the input$/m,
    );
    expect(stdout).toMatch(/^map \| LC_ALL=C sort \| reduce +\d+\.\d s$/m);
    expect(stdout).toMatch(/^Muster, one of 3 Workers killed +\d+\.\d s +\(\d+\.\d\d of it\)$/m);
    const [, words = ''] =
      /^The results are equal, byte for byte: ([\d,]+) words/m.exec(stdout) ?? [];
    // Of the 200,000 that there are the rare half does not come in 5 MB.
    expect(Number(words.replaceAll(',', ''))).toBeGreaterThan(50_000);
    expect(await leftOf(stdout, temporary)).toEqual({ processes: [], files: [] });
  });

  it.for([
    ['the pipeline', '$ '],
    ['the cluster', '$ mapreduce-submit'],
  ] as const)('leaves nothing after Ctrl-C during %s', async ([, line], context) => {
    const { run, temporary } = await startDemo(context);
    let said = '';
    for await (const text of run) {
      said += `${text}\n`;
      if (text.startsWith(line)) run.kill('SIGINT');
    }
    const { exitCode } = await run;
    expect(exitCode).toBe(130);
    expect(said).not.toContain('The results are equal');
    expect(await leftOf(said, temporary)).toEqual({ processes: [], files: [] });
  });
});

async function startDemo(context: TestContext) {
  needsFullRun(context);
  const temporary = await mkdtemp(join(tmpdir(), 'muster-test-'));
  onTestFinished(() => rm(temporary, { recursive: true }));
  const run = execa(process.execPath, ['samples/demo.js', '--megabytes', '5'], {
    cwd: REPOSITORY,
    env: { TMPDIR: temporary },
    reject: false,
  });
  return { run, temporary };
}

/** What is left of a demo: processes that it named, and files where it may make some. */
async function leftOf(stdout: string, temporary: string) {
  const pids = [...stdout.matchAll(/: process (\d+)/g)].map(([, pid]) => Number(pid));
  return { processes: pids.filter((pid) => isAlive(pid)), files: await readdir(temporary) };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
