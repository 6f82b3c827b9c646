import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { REPOSITORY, runShell, SORT_BY_KEY } from './run-shell.ts';

describe('grep', () => {
  it('prints the matching lines in the order of the input', async () => {
    const lines = await runShell('grep/map.sh Refrangib < texts/opticks.txt');
    expect(lines).toBe(await expected('lines.txt'));
  });

  it('counts what matched', async () => {
    const counts = await runShell(
      `grep/map-matches.sh '[Rr]ef[lr][a-z]*' < texts/opticks.txt | ${SORT_BY_KEY} | grep/reduce.sh`,
    );
    expect(counts).toBe(await expected('matches.txt'));
  });

  it('counts lines with tabs, backslashes and spaces at both ends as they are', async () => {
    const lines = ' a  b \n a  b \nc\td\\n\n';
    expect(await runShell('grep/reduce.sh', lines)).toBe(' a  b \t2\nc\td\\n\t1\n');
  });

  it.each(['map.sh', 'map-matches.sh'])('succeeds in %s when nothing matches', async (mapper) => {
    expect(await runShell(`grep/${mapper} nothing-like-this < texts/opticks.txt`)).toBe('');
  });

  it.each(['map.sh', 'map-matches.sh'])('fails in %s for a bad pattern', async (mapper) => {
    await expect(runShell(`grep/${mapper} '\\('`, 'text\n')).rejects.toThrow(/exit code 1/);
  });
});

async function expected(name: string): Promise<string> {
  return await readFile(`${REPOSITORY}samples/grep/expected/${name}`, 'latin1');
}
