import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { needsPrograms, needsRoot } from '../needs.ts';
import { BIN, Cluster, Program, scratch, stop } from './cluster.ts';
import { parts, sortedLines } from './shell.ts';

/** A machine where something else is mounted under the path of the shared directory. */

describe('a Worker that sees another directory under the same path', () => {
  it('gets no tasks and says why, here, there and in the list', async (context) => {
    needsRoot(context);
    needsPrograms(context, 'unshare', 'mount');
    const cluster = await Cluster.start({});
    const hidden = `mount -t tmpfs none '${cluster.sharedDirectory}'`;
    const trial = new Program('unshare', ['-m', 'sh', '-c', hidden]);
    if ((await trial.exited) !== 0) context.skip('needs the right to mount');
    const flags = `--manager-port ${String(cluster.port)} --name elsewhere --slots 4`;
    const line = `${hidden} && exec '${BIN}/mapreduce-worker' ${flags}`;
    const blind = new Program('unshare', ['-m', 'sh', '-c', line]);
    onTestFinished(() => stop(blind));
    const words = `Cannot see the Manager's shared directory "${cluster.sharedDirectory}" on ${hostname()}: `;
    await blind.said(literally(words));
    await cluster.manager.said(literally(words));
    const { stdout } = await cluster.command('workers', ['--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      workers: [{ worker_id: 'elsewhere', state: 'blind', reason: expect.stringContaining(words) }],
    });
    expect((await cluster.command('workers')).stdout).toContain('Mount it at the same path');

    const directory = await scratch();
    await writeFile(join(directory, 'input.txt'), 'a\nb\n');
    const job = ['-i', 'input.txt', '-o', 'out', '-m', 'cat', '-r', 'cat'];
    const client = cluster.submitting(job, { cwd: directory });
    await client.said(literally(`No Worker takes tasks. ${words}`));
    await cluster.addWorker(['--name', 'here', '--slots', '1']);
    expect(await client.exited, client.stderr).toBe(0);
    expect(sortedLines(parts(join(directory, 'out')))).toEqual(['', 'a', 'b']);
    expect(cluster.manager.stderr).not.toMatch(/new_(map|reduce)_task.* elsewhere/);
    expect(cluster.manager.stderr).not.toMatch(/elsewhere started/);
  });
});

function literally(text: string): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}
