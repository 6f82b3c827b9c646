#!/usr/bin/env node
// A whole cluster on this machine, for one word count: a Manager, two Workers, a job, the answer.
// Everything that it starts it names, and stops again, also after a failure or Ctrl-C.
// Runs after `npm ci`; `npm run quickstart` does both.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPOSITORY = dirname(dirname(fileURLToPath(import.meta.url)));
const TEXT = 'samples/texts/opticks.txt';
const START_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 10_000;
const STDERR_TAIL_BYTES = 4000;

const daemons = [];
const interruption = new AbortController();
const interrupted = once(interruption.signal, 'abort');

/**
 * Starts one of the programs of `bin/` in the repository, where the samples are. It is out of reach
 * of the terminal's Ctrl-C: this script decides who ends first.
 */
function start(command, words, stdio) {
  const environment = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('MAPREDUCE_'),
  );
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`;
  return spawn(process.execPath, [join(REPOSITORY, 'bin', command), ...words], {
    cwd: REPOSITORY,
    env: { ...Object.fromEntries(environment), PATH: path },
    stdio,
    detached: true,
  });
}

/** Starts a daemon, remembers it for `stopDaemons` and keeps the last of what it says. */
function startDaemon(name, command, words) {
  const child = start(command, words, ['ignore', 'ignore', 'pipe']);
  const daemon = { name, child, said: '', hasEnded: false, ended: undefined };
  daemon.ended = new Promise((resolve) => {
    child.once('error', (error) => {
      daemon.said += error.message;
      resolve();
    });
    child.once('exit', resolve);
  }).then(() => {
    daemon.hasEnded = true;
  });
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text) => {
    daemon.said = (daemon.said + text).slice(-STDERR_TAIL_BYTES);
  });
  daemons.push(daemon);
  return daemon;
}

/** Waits until a daemon says on stderr what matches, and gives the first group of the match. */
async function heardFrom(daemon, pattern) {
  const limit = Date.now() + START_LIMIT_MS;
  for (;;) {
    const found = pattern.exec(daemon.said);
    if (found) return found[1];
    interruption.signal.throwIfAborted();
    if (daemon.hasEnded) throw new Error(`${daemon.name} ended at once:\n${daemon.said}`);
    if (Date.now() > limit) throw new Error(`${daemon.name} does not get ready:\n${daemon.said}`);
    const news = once(daemon.child.stderr, 'data');
    await Promise.race([news, daemon.ended, interrupted, elapsed(START_LIMIT_MS)]);
  }
}

/** Resolves after a time that does not keep the process alive. */
function elapsed(timeMs) {
  return new Promise((resolve) => {
    setTimeout(resolve, timeMs).unref();
  });
}

async function runJob(port, output) {
  const words = ['--input', TEXT, '--output', output];
  words.push('--mapper', 'samples/word-count/map.js', '--reducer', 'samples/word-count/reduce.js');
  words.push('--manager-port', port);
  interruption.signal.throwIfAborted();
  say(`\n$ mapreduce-submit ${words.join(' ')}`);
  const submit = start('mapreduce-submit', words, ['ignore', 'inherit', 'inherit']);
  // Ctrl-C at a client that waits cancels its job.
  interruption.signal.addEventListener('abort', () => submit.kill('SIGINT'), { once: true });
  try {
    const [code, signal] = await Promise.race([once(submit, 'exit'), earlyEnd()]);
    interruption.signal.throwIfAborted();
    if (code !== 0) throw new Error(`mapreduce-submit ended with ${signal ?? `exit code ${code}`}`);
  } finally {
    submit.kill('SIGKILL');
  }
}

/** Rejects when a daemon ends although nobody asked it to: the job would wait for ever. */
async function earlyEnd() {
  await Promise.race(daemons.map((daemon) => daemon.ended));
  const { name, said } = daemons.find((daemon) => daemon.hasEnded);
  throw new Error(`${name} ended too early:\n${said}`);
}

function printTopWords(output) {
  const parts = readdirSync(output).filter((name) => name.startsWith('part-'));
  const counts = parts
    .flatMap((name) => readFileSync(join(output, name), 'latin1').split('\n'))
    .filter((line) => line !== '')
    .map((line) => line.split('\t'))
    .toSorted(([wordA, a], [wordB, b]) => Number(b) - Number(a) || (wordA < wordB ? -1 : 1));
  say(`\n${counts.length} different words; the top ten:`);
  for (const [word, count] of counts.slice(0, 10)) say(`${count.padStart(8)}  ${word}`);
  say(`\nOutput: ${output} (${parts.join(', ')})`);
}

/** Ends the cluster as a user would, then, should that not be enough, with signals. */
async function stopDaemons(port) {
  const everyEnd = Promise.all(daemons.map((daemon) => daemon.ended));
  if (port !== undefined && daemons.some((daemon) => !daemon.hasEnded)) {
    const shutdown = start('mapreduce', ['shutdown', '--manager-port', port], 'ignore');
    await Promise.race([everyEnd, elapsed(STOP_LIMIT_MS)]);
    shutdown.kill('SIGKILL');
  }
  for (const signal of ['SIGTERM', 'SIGKILL']) {
    const left = daemons.filter((daemon) => !daemon.hasEnded);
    if (left.length === 0) return;
    for (const daemon of left) daemon.child.kill(signal);
    await Promise.race([everyEnd, elapsed(STOP_LIMIT_MS)]);
  }
}

/** Leaves the result, if there is one, and nothing else. */
function removeAllBut(kept, directory) {
  for (const name of readdirSync(directory).filter((each) => each !== kept)) {
    rmSync(join(directory, name), { recursive: true });
  }
  if (!existsSync(join(directory, kept))) rmdirSync(directory);
}

async function countWords(directory) {
  let port;
  try {
    const place = ['--shared-dir', join(directory, 'shared')];
    const manager = startDaemon('Manager', 'mapreduce-manager', ['--port', '0', ...place]);
    port = await heardFrom(manager, /listening on \S+:(\d+)/);
    say(`Manager: process ${manager.child.pid}, listening on 127.0.0.1:${port}`);
    for (const name of ['worker-1', 'worker-2']) {
      const words = ['--manager-port', port, '--name', name, '--work-dir', join(directory, name)];
      const worker = startDaemon(name, 'mapreduce-worker', words);
      say(`Worker ${name}: process ${worker.child.pid}`);
      await heardFrom(worker, /Registered (\S+)/);
    }
    await runJob(port, join(directory, 'output'));
    printTopWords(join(directory, 'output'));
  } finally {
    await stopDaemons(port);
    removeAllBut('output', directory);
    say(`\nStopped: processes ${daemons.map((daemon) => daemon.child.pid).join(', ')}`);
  }
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

/** The first signal ends everything in good order; the second does not wait for it. */
function interrupt(signal) {
  if (interruption.signal.aborted) for (const daemon of daemons) daemon.child.kill('SIGKILL');
  process.exitCode = 128 + constants.signals[signal];
  interruption.abort(new Error(`stopped by ${signal}`));
}

async function main() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, interrupt);
  // Whoever reads no more (`| head`) must not keep the daemons from being stopped.
  process.stdout.on('error', () => undefined);
  if (!existsSync(join(REPOSITORY, 'dist/submit/main.js'))) {
    throw new Error('the programs are not built, run "npm ci" first');
  }
  await countWords(mkdtempSync(join(tmpdir(), 'muster-quickstart-')));
  say('\nNow your own data, with any two programs, on this machine alone:\n');
  say('export PATH="$PWD/bin:$PATH"');
  say(
    `mapreduce-submit --local --input YOUR_FILE --mapper 'tr -cs A-Za-z "\\n"' --reducer 'uniq -c'`,
  );
}

main().catch((error) => {
  process.stderr.write(`Cannot run the quickstart: ${error.message}\n`);
  process.exitCode ??= 1;
});
