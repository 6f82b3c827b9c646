import { mkdir, readdir, stat, watch, writeFile } from 'node:fs/promises';
import { createSocket } from 'node:dgram';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { needsPrograms } from '../needs.ts';
import { Cluster, Program, scratch } from './cluster.ts';
import { netcat } from './netcat.ts';
import { parts } from './shell.ts';

/** What a user without any client can do: one line through `nc`. */

async function wordCountJob(): Promise<{ directory: string; output: string; line: string }> {
  const directory = await scratch();
  const input = join(directory, 'in');
  const output = join(directory, 'out');
  await mkdir(input);
  await mkdir(output);
  await writeFile(join(input, 'a.txt'), 'b\na\nb\n');
  const line = JSON.stringify({
    message_type: 'new_manager_job',
    input_directory: input,
    output_directory: output,
    mapper_executable: 'awk \'{ print $0 "\\t1" }\'',
    reducer_executable: 'sum',
    num_mappers: 2,
    num_reducers: 2,
  });
  return { directory, output, line };
}

/** Waits until the directory holds something, then gives its names. */
async function filled(directory: string): Promise<string[]> {
  const watcher = watch(join(directory, '..'));
  for await (const _ of watcher) {
    const names: string[] = await readdir(directory).catch(() => []);
    if (names.length > 0) return names.toSorted();
  }
  return [];
}

describe('a job sent as one line without a newline', () => {
  it('runs into an existing empty directory that ends up holding only parts', async () => {
    const cluster = await Cluster.start({
      workers: [
        ['--slots', '1'],
        ['--slots', '1'],
      ],
    });
    const { output, line } = await wordCountJob();
    const done = filled(output);
    const answer = JSON.parse(await netcat(cluster.port, line)) as Record<string, unknown>;
    expect(answer).toMatchObject({ message_type: 'job_accepted', job: 'job-0001' });
    expect(await done).toEqual(['part-00000', 'part-00001']);
    expect(parts(output).split('\n').toSorted()).toEqual(['', 'a\t1', 'b\t2']);
  });
});

describe('with printf and nc alone', () => {
  it('a job runs, and the cluster ends within five seconds', async (context) => {
    needsPrograms(context, 'nc');
    const work = await scratch();
    const worker = ['--slots', '1', '--work-dir', work];
    const cluster = await Cluster.start({ workers: [worker, worker] });
    const { output, line } = await wordCountJob();
    const done = filled(output);
    const nc = async (document: string): Promise<string> => {
      const quoted = `'${document.replaceAll('%', '%%').replaceAll('\\', '\\\\').replaceAll("'", `'\\''`)}'`;
      const address = `127.0.0.1 ${String(cluster.port)}`;
      const sender = new Program('sh', ['-c', `printf ${quoted} | nc -N ${address}`]);
      expect(await sender.exited, sender.stderr).toBe(0);
      return sender.stdout;
    };
    expect(JSON.parse(await nc(line))).toMatchObject({ message_type: 'job_accepted' });
    expect(await done).toEqual(['part-00000', 'part-00001']);
    expect(parts(output).split('\n').toSorted()).toEqual(['', 'a\t1', 'b\t2']);
    const from = performance.now();
    await nc('{"message_type":"shutdown"}');
    const daemons = [cluster.manager, ...cluster.workers];
    expect(await Promise.all(daemons.map((daemon) => daemon.exited))).toEqual([0, 0, 0]);
    expect(performance.now() - from).toBeLessThan(5000);
    expect(await readdir(output)).toEqual(['part-00000', 'part-00001']);
    expect(await readdir(work)).toEqual([]);
  });
});

describe('what is not a valid document', () => {
  it('is answered and dropped while a job goes on', async () => {
    const cluster = await Cluster.start({ workers: [['--slots', '2']] });
    const directory = await scratch();
    const input = join(directory, 'input.txt');
    const gate = join(directory, 'gate');
    await writeFile(input, 'a\nb\n');
    const mapper = `sh -c "while [ ! -e ${gate} ]; do sleep 0.05; done; cat"`;
    const output = join(directory, 'out');
    const client = cluster.submitting(['-i', input, '-o', output, '-m', mapper, '-r', 'cat']);
    await cluster.manager.said(/started \S*map-00000/);
    const answers = await Promise.all(
      BAD_DOCUMENTS.map((document) => netcat(cluster.port, document)),
    );
    answers.forEach((answer, index) => {
      const expected = BAD_DOCUMENTS[index]?.startsWith('POST ') === true ? '' : 'error';
      if (expected === '') expect(answer).toBe('');
      else
        expect(JSON.parse(answer.split('\n')[0] ?? '')).toMatchObject({ message_type: expected });
    });
    await sendGarbageDatagrams(cluster.port);
    expect(await netcat(cluster.port, '')).toBe('');
    await writeFile(gate, '');
    expect(await client.exited).toBe(0);
    expect(parts(output).split('\n').toSorted()).toEqual(['', 'a', 'b']);
    expect((await stat(output)).isDirectory()).toBe(true);
    const list = JSON.parse((await cluster.command('list', ['--all', '--json'])).stdout) as {
      jobs: unknown[];
    };
    expect(list.jobs).toHaveLength(1);
  });
});

const JOB =
  '{"message_type":"new_manager_job","input_directory":"/etc","output_directory":"/tmp/x","mapper_executable":"cat","reducer_executable":"cat"}';

const BAD_DOCUMENTS: readonly string[] = [
  ...Array.from({ length: 20 }, (_, i) => `{"message_type":"unknown_${String(i)}"}`),
  ...Array.from({ length: 20 }, (_, i) => '{"a":'.repeat(i + 1)),
  ...Array.from({ length: 20 }, (_, i) => `[${'1,'.repeat(i)}1]`),
  ...Array.from({ length: 10 }, (_, i) => `{"message_type":"list_jobs","all":${String(i)}}`),
  ...Array.from({ length: 10 }, () => JOB.replace('"mapper_executable":"cat",', '')),
  ...Array.from({ length: 9 }, () => JOB.replace('{', '{"__proto__":{"x":1},')),
  ...Array.from({ length: 5 }, () => '\0\u0001\u0002'),
  ...Array.from({ length: 3 }, () => `{"message_type":"${'x'.repeat(1_500_000)}"}`),
  `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${String(JOB.length)}\r\n\r\n${JOB}\n`,
  'null',
  '"shutdown"',
];

async function sendGarbageDatagrams(port: number): Promise<void> {
  const socket = createSocket('udp4');
  for (let i = 0; i < 100; i += 1) {
    const text =
      i % 2 === 0 ? `{"message_type":"heartbeat","worker_id":"x${String(i)}"}` : '\0'.repeat(i);
    await new Promise((resolve) => socket.send(text, port, '127.0.0.1', resolve));
  }
  socket.close();
}
