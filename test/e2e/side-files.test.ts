import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readdirSync } from 'node:fs';
import { scratch, sharedCluster } from './cluster.ts';
import { script } from './gate.ts';
import { parts } from './shell.ts';

/** Files that programs leave in `mapreduce_task_output_dir` are published with the parts. */

const cluster = sharedCluster({ workers: [['--slots', '2']] });

async function place(): Promise<string> {
  const directory = await scratch();
  await mkdir(join(directory, 'in'));
  for (const name of ['a', 'b', 'c'])
    await writeFile(join(directory, 'in', name), `${name}${name}\n`);
  return directory;
}

describe('a map-only job whose programs leave files beside their output', () => {
  it('publishes both, and leaves out empty parts', async () => {
    const directory = await place();
    await script(
      directory,
      'map.sh',
      `name=$(basename "$mapreduce_map_input_file")
       tr a-z A-Z | tee "$mapreduce_task_output_dir/side-$name.txt" | grep -v BB
       exit 0`,
    );
    const job = ['-i', 'in', '-o', 'out', '-m', './map.sh', '--num-reducers', '0'];
    const outcome = await cluster().submit([...job, '--split-size', '3', '--num-mappers', '3'], {
      cwd: directory,
    });
    expect(outcome.code, outcome.stderr).toBe(0);
    const output = join(directory, 'out');
    expect(parts(output)).toBe('AA\nCC\n');
    expect(readdirSync(output).toSorted()).toEqual([
      ...['_SUCCESS', 'part-00000', 'part-00002'],
      ...['side-a.txt', 'side-b.txt', 'side-c.txt'],
    ]);
    expect(await readFile(join(output, 'side-b.txt'), 'utf8')).toBe('BB\n');
  });

  it('publishes those of the attempt that counts, not of one that failed', async () => {
    const directory = await place();
    await script(
      directory,
      'map.sh',
      `cat
       echo "$mapreduce_task_attempt_id" > "$mapreduce_task_output_dir/by-$mapreduce_task_id"
       if mkdir '${directory}/failed' 2>/dev/null; then
         touch "$mapreduce_task_output_dir/of-the-failed-attempt"
         exit 3
       fi`,
    );
    const job = ['-i', 'in/a', '-o', 'out', '-m', './map.sh', '--num-reducers', '0'];
    const outcome = await cluster().submit(job, { cwd: directory });
    expect(outcome.code, outcome.stderr).toBe(0);
    const side = readdirSync(join(directory, 'out')).filter((name) => !/^(part-|_)/.test(name));
    expect(side).toHaveLength(1);
    expect(await readFile(join(directory, 'out', String(side[0])), 'utf8')).toMatch(/2\n$/);
  });
});
