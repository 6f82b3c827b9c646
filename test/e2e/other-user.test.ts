import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { needsPrograms, needsRoot } from '../needs.ts';
import { Cluster, command, Program, run, scratch, stop } from './cluster.ts';
import { open, waitingFor } from './gate.ts';
import { parts, sortedLines } from './shell.ts';

/** Loopback is not a user: whoever else is logged in here can neither command nor be obeyed. */

const NOBODY = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];

/** Runs a script in Node as another user; it ends with the test. */
function asNobody(context: TestContext, script: string): Program {
  needsRoot(context);
  needsPrograms(context, 'setpriv');
  const program = new Program('setpriv', [...NOBODY, process.execPath, '-e', script], { cwd: '/' });
  onTestFinished(() => stop(program));
  return program;
}

describe('a connection of another user while a job runs', () => {
  it('is closed without an answer and logged; the job goes on', async (context) => {
    const cluster = await Cluster.start({ workers: [['--slots', '1']] });
    const directory = await scratch();
    const gate = join(directory, 'gate');
    await writeFile(join(directory, 'input.txt'), 'a\nb\n');
    const job = ['-i', 'input.txt', '-o', 'out', '-m', waitingFor(gate), '-r', 'cat'];
    const client = cluster.submitting(job, { cwd: directory });
    await cluster.manager.said(/started \S*map/);
    const stranger = asNobody(
      context,
      `const socket = require('node:net').connect(${String(cluster.port)}, '127.0.0.1');
       socket.on('error', () => {}).on('data', (data) => console.log('answer: ' + data));
       socket.on('close', () => console.log('closed'));
       socket.write('{"message_type":"shutdown"}\\n');`,
    );
    expect(await stranger.exited, stranger.stderr).toBe(0);
    expect(stranger.stdout).toBe('closed\n');
    await cluster.manager.said(/Refused a connection from 127\.0\.0\.1:\d+: .*user/);
    await open(gate);
    expect(await client.exited, client.stderr).toBe(0);
    expect(sortedLines(parts(join(directory, 'out')))).toEqual(['', 'a', 'b']);
  });
});

describe('a Manager of another user', () => {
  it('is told nothing, by a Worker or by a client', async (context) => {
    const manager = asNobody(
      context,
      `const server = require('node:net').createServer((socket) => {
         socket.on('error', () => {}).on('data', (data) => console.log('heard: ' + data));
       });
       server.listen(0, '127.0.0.1', () => console.error('port ' + server.address().port + ';'));`,
    );
    const [, port] = await manager.said(/port (\d+);/);
    const worker = command('mapreduce-worker', ['--manager-port', String(port), '--slots', '1']);
    await worker.said(/the process that listens there is not of this user/);
    const client = await run('mapreduce', ['list', '--port', String(port)]);
    expect(client).toMatchObject({ code: 3, stdout: '' });
    expect(client.stderr).toMatch(/user/);
    expect(manager.stdout).toBe('');
  });
});
