#!/usr/bin/env node
// The same word count twice, with the same two programs: as a pipeline of the shell, and by a Manager
// and three Workers, one of which is killed at 40 %. Prints both times, and whether the results are
// equal. Everything is measured when it runs, and nothing of it is left, also after Ctrl-C.
// Runs after `npm ci`: `npm run demo`, or `npm run demo -- --megabytes 20` for a short one.

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import {
  elapsed,
  killDaemon,
  runScript,
  say,
  signal,
  startManager,
  startProgram,
  startWorkers,
  stopDaemons,
  submit,
} from './own-cluster.js';
import { writeZipfText } from './demo/zipf-text.js';

const WORKERS = ['worker-1', 'worker-2', 'worker-3'];
const KILL_AT_PERCENT = 40;
/** Small enough that little is lost with a Worker, large enough that starting programs costs nothing. */
const MAPS = 24;
const ASK_EVERY_MS = 10;
const PROGRAMS = ['words.awk', 'counts.awk'];

async function compare(directory, { megabytes, seed }) {
  for (const name of PROGRAMS) {
    copyFileSync(join(import.meta.dirname, 'demo', name), join(directory, name));
  }
  const path = join(directory, 'text.txt');
  const text = await writeZipfText(path, { bytes: megabytes * 1e6, seed, signal });
  say(
    `text.txt: ${count(text.bytes)} bytes, ${count(text.words)} words by Zipf's law, seed ${seed}`,
  );

  const awk = spawnSync('mawk', ['BEGIN {}']).error === undefined ? 'mawk' : 'awk';
  const [mapper, reducer] = PROGRAMS.map((name) => `${awk} -f ${name}`);
  const pipeline = await runPipeline({ mapper, reducer }, directory);
  const cluster = await runCluster({ mapper, reducer }, directory, text.bytes);

  const ratio = (cluster.seconds / pipeline.seconds).toFixed(2);
  say('');
  say(`map | LC_ALL=C sort | reduce      ${inSeconds(pipeline)}`);
  say(`Muster, one of 3 Workers killed   ${inSeconds(cluster)}   (${ratio} of it)`);
  const [theirs, ours] = [sortedLines([pipeline.output]), sortedLines(cluster.outputs)];
  if (!theirs.equals(ours)) throw new Error('the results differ');
  say(`The results are equal, byte for byte: ${count(linesOf(ours))} words with their counts`);
}

async function runPipeline({ mapper, reducer }, directory) {
  const line = `${mapper} <text.txt | LC_ALL=C sort | ${reducer} >pipeline.txt`;
  signal.throwIfAborted();
  say(`\n$ ${line}`);
  const words = ['-o', 'pipefail', '-c', line];
  // What sort puts aside goes with the directory.
  const place = { directory, variables: { TMPDIR: directory } };
  const startedMs = performance.now();
  const shell = startProgram('bash', words, ['ignore', 'inherit', 'inherit'], place);
  const stop = () => {
    if (shell.pid !== undefined) process.kill(-shell.pid, 'SIGKILL');
  };
  signal.addEventListener('abort', stop);
  const [code] = await once(shell, 'close');
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (code !== 0) throw new Error(`the pipeline ended with exit code ${code}`);
  const seconds = (performance.now() - startedMs) / 1000;
  return { seconds, output: join(directory, 'pipeline.txt') };
}

async function runCluster({ mapper, reducer }, directory, bytes) {
  let port;
  try {
    say('');
    port = await startManager(directory);
    const slots = String(Math.ceil(availableParallelism() / WORKERS.length));
    const workers = await startWorkers(port, directory, WORKERS, ['--slots', slots]);
    const words = ['--input', 'text.txt', '--output', 'output', '--json'];
    words.push('--mapper', mapper, '--reducer', reducer);
    words.push('--split-size', String(Math.ceil(bytes / MAPS)));
    const startedMs = performance.now();
    const job = submit(port, words, directory);
    const killing = killAtShare(port, workers[1]);
    const report = JSON.parse(await Promise.race([job, failureOf(killing)]));
    const seconds = (performance.now() - startedMs) / 1000;
    await killing;
    const { attempts, lost, tasks } = report.maps;
    say(`Maps: ${tasks} tasks in ${attempts} attempts, ${lost} of them lost with the Worker`);
    return { seconds, outputs: partsOf(join(directory, 'output')) };
  } finally {
    await stopDaemons(port);
  }
}

/** Rejects as `work` does; never resolves. */
async function failureOf(work) {
  await work;
  await new Promise(() => undefined);
}

/** Follows the one job of the cluster, and kills a Worker when enough of its input was mapped. */
async function killAtShare(port, worker) {
  for await (const { state, maps } of statuses(port)) {
    const percent = (100 * maps.bytes_done) / maps.bytes_total;
    if (percent >= KILL_AT_PERCENT && state === 'running') {
      killDaemon(worker);
      const { name, child } = worker;
      say(
        `Killed ${name} (process ${child.pid}) with SIGKILL at ${Math.floor(percent)} % of the input`,
      );
      return;
    }
    if (!['preparing', 'accepted', 'running'].includes(state)) {
      throw new Error(`the job had ${state} before a Worker could be killed: use more --megabytes`);
    }
  }
  throw new Error('the Manager ended the connection before a Worker could be killed');
}

/** The state of the cluster's latest job again and again, as the Manager tells any client. */
async function* statuses(port) {
  const socket = connect(Number(port), '127.0.0.1');
  // Whatever becomes of the Manager, the one who waits for the job hears it.
  socket.on('error', () => undefined);
  try {
    const ask = () => socket.write('{"message_type":"job_status","job":null}\n');
    ask();
    for await (const line of createInterface({ input: socket })) {
      const { message_type: type, status } = JSON.parse(line);
      // Until the job is there the answer is an error.
      if (type === 'job') yield status;
      await elapsed(ASK_EVERY_MS);
      ask();
    }
  } finally {
    socket.destroy();
  }
}

function partsOf(output) {
  const names = readdirSync(output).filter((name) => name.startsWith('part-'));
  return names.map((name) => join(output, name));
}

/** The lines of all files in byte order: parts of a job are cut by the hash of the key. */
function sortedLines(files) {
  const lines = files.flatMap((file) => readFileSync(file, 'latin1').split('\n').slice(0, -1));
  return Buffer.from(
    lines
      .toSorted()
      .map((line) => `${line}\n`)
      .join(''),
    'latin1',
  );
}

function linesOf(content) {
  return content.toString('latin1').split('\n').length - 1;
}

function count(number) {
  return number.toLocaleString('en');
}

function inSeconds({ seconds }) {
  return `${seconds.toFixed(1).padStart(6)} s`;
}

/** A whole number, 1 or more. */
function readCount(text, name) {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new Error(`"${text}" is no ${name}: it must be a whole number, 1 or more`);
}

await runScript('demo', async () => {
  const { values } = parseArgs({
    options: {
      megabytes: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
    },
  });
  const options = {
    megabytes: readCount(values.megabytes, 'size for --megabytes'),
    seed: readCount(values.seed, 'number for --seed'),
  };
  const directory = mkdtempSync(join(tmpdir(), 'muster-demo-'));
  try {
    await compare(directory, options);
  } finally {
    // A program that was killed may still be writing its last.
    rmSync(directory, { recursive: true, maxRetries: 5 });
  }
});
