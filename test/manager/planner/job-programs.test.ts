import { writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { PlannerFixture } from './planner-fixture.ts';

function newFixture(): PlannerFixture {
  const fixture = new PlannerFixture();
  onTestFinished(() => {
    fixture.remove();
  });
  return fixture;
}

test('lines for a shell are planned as what runs, with the files that their words name', async () => {
  const fixture = newFixture();
  writeFileSync(`${fixture.root}/stop words.txt`, 'the\n');
  const { summary, files } = await fixture.prepare({
    shell: true,
    mapper_executable: './map.sh | grep -vf "stop words.txt"',
    combiner_executable: 'sum',
    reducer_executable: 'sort|uniq',
  });
  expect(summary.commands).toEqual([
    {
      role: 'mapper',
      command: `bash -o pipefail -c './map.sh | grep -vf "stop words.txt"' (with map.sh, 'stop words.txt')`,
    },
    { role: 'combiner', command: 'sum (built-in)' },
    { role: 'reducer', command: `bash -o pipefail -c 'sort|uniq'` },
  ]);
  expect(files.map(({ path }) => path)).toEqual(['map.sh', 'stop words.txt']);
});

test('a line for a shell that bash cannot read is refused', async () => {
  await newFixture().checkRefused(
    'Cannot use reducer: program "if" is not what bash understands: line 2: syntax error: unexpected end of file',
    { shell: true, reducer_executable: 'if' },
  );
});

test('a line for a shell where there is no bash is a warning: Workers may have it', async () => {
  const fixture = newFixture();
  const changes = { shell: true, mapper_executable: 'cat | sort' };
  const { summary } = await fixture.prepare(changes, { path: `${fixture.root}/data` });
  expect(summary.warnings).toContain(
    'mapper: bash is not on the PATH here; Workers must have it on theirs (--shell)',
  );
});

test('more names of files than fit into every order are refused before anything is queued', async () => {
  const files = Array.from({ length: 6000 }, (_, index) => ({
    path: `lib/module-${String(index)}.py`,
    sha256: '0'.repeat(64),
    bytes: 1,
    mode: 0o644,
  }));
  await newFixture().checkRefused(
    'Cannot send the tasks of this job: commands, environment and the names of 6000 shipped files take 743 KiB, and 512 KiB is the most; ship many files packed into one, and large values as files',
    { files },
  );
});
