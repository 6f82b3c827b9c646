import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { needsFullRun } from '../needs.ts';
import { REPOSITORY } from '../samples/run-shell.ts';

describe('quickstart', () => {
  it('counts the words of the sample text and leaves nothing but the output', async (context) => {
    const { run, temporary } = await startQuickstart(context);
    const { stdout } = await run;
    const expected = await readFile(`${REPOSITORY}samples/word-count/expected/opticks.txt`, 'utf8');
    expect(topWords(stdout)).toEqual(mostFrequent(expected).slice(0, 10));
    expect(namedProcesses(stdout)).toHaveLength(3);
    expect(namedProcesses(stdout).filter((pid) => isAlive(pid))).toEqual([]);
    const output = /^Output: (\S+)/m.exec(stdout)?.[1] ?? '';
    expect(await readdir(join(output, '..'))).toEqual(['output']);
    expect(await readdir(temporary)).toEqual([output.split('/').at(-2)]);
    expect(stdout).toMatch(/^export PATH="\$PWD\/bin:\$PATH"\nmapreduce-submit .*YOUR_FILE.*$/m);
  });

  it.for(['SIGINT', 'SIGTERM'] as const)(
    'leaves nothing at all after %s',
    async (signal, context) => {
      const { run, temporary } = await startQuickstart(context);
      let said = '';
      for await (const line of run) {
        said += `${line}\n`;
        if (line.startsWith('$ mapreduce-submit')) run.kill(signal);
      }
      const { exitCode, stdout } = await run;
      expect(exitCode).toBe(signal === 'SIGINT' ? 130 : 143);
      expect(namedProcesses(stdout)).toHaveLength(3);
      expect(namedProcesses(stdout).filter((pid) => isAlive(pid))).toEqual([]);
      expect(await readdir(temporary)).toEqual([]);
      expect(said).not.toContain('the top ten');
    },
  );
});

async function startQuickstart(context: TestContext) {
  needsFullRun(context);
  const temporary = await mkdtemp(join(tmpdir(), 'muster-test-'));
  onTestFinished(() => rm(temporary, { recursive: true }));
  const run = execa(process.execPath, ['samples/quickstart.js'], {
    cwd: REPOSITORY,
    env: { TMPDIR: temporary },
    reject: false,
  });
  return { run, temporary };
}

function topWords(stdout: string): readonly string[] {
  const table = stdout.split('the top ten:\n')[1] ?? '';
  return [...table.matchAll(/^ +(\d+) {2}(\w+)$/gm)].map(([, count, word]) => `${word}\t${count}`);
}

function mostFrequent(counts: string): readonly string[] {
  const lines = counts.trim().split('\n');
  return lines.toSorted((a, b) => Number(b.split('\t')[1]) - Number(a.split('\t')[1]));
}

/** Those of the lines that introduce a process, not of the last one, which names them again. */
function namedProcesses(stdout: string): readonly number[] {
  return [...stdout.matchAll(/: process (\d+)/g)].map(([, pid]) => Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
