// What `quickstart.js` and `demo.js` share: daemons of their own on this machine, which are stopped
// again whatever happens, also after a failure or Ctrl-C.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPOSITORY = dirname(dirname(fileURLToPath(import.meta.url)));
const START_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 10_000;
const STDERR_TAIL_BYTES = 4000;

const daemons = [];
const interruption = new AbortController();
const interrupted = once(interruption.signal, 'abort');

/** Aborts when this script is to end early. */
export const { signal } = interruption;

/**
 * Runs a script to its end; the first signal ends it in good order, the second does not wait.
 * @param title completes "Cannot run the …"
 */
export async function runScript(title, main) {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, interrupt);
  // Whoever reads no more (`| head`) must not keep the daemons from being stopped.
  process.stdout.on('error', () => undefined);
  try {
    if (!existsSync(join(REPOSITORY, 'dist/client/mapreduce-submit.cjs'))) {
      throw new Error('the programs are not built, run "npm ci" first');
    }
    await main();
  } catch (error) {
    process.stderr.write(`Cannot run the ${title}: ${error.message}\n`);
    process.exitCode ??= 1;
  }
}

function interrupt(name) {
  if (signal.aborted) for (const { child } of daemons) child.kill('SIGKILL');
  process.exitCode = 128 + constants.signals[name];
  interruption.abort(new Error(`stopped by ${name}`));
}

export function say(text) {
  process.stdout.write(`${text}\n`);
}

/**
 * Starts a program, without settings of the user's own cluster. It is out of reach of the terminal's
 * Ctrl-C: this script decides who ends first.
 * @param place `directory` to work in, `variables` beside those of this process
 */
export function startProgram(file, words, stdio, { directory = REPOSITORY, variables } = {}) {
  const environment = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('MAPREDUCE_'),
  );
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`;
  return spawn(file, words, {
    cwd: directory,
    env: { ...Object.fromEntries(environment), PATH: path, ...variables },
    stdio,
    detached: true,
  });
}

/** Starts one of the programs of `bin/`. */
function start(command, words, stdio, place) {
  const bin = join(REPOSITORY, 'bin', command);
  return startProgram(process.execPath, [bin, ...words], stdio, place);
}

/** Starts a Manager on a free port, says so, and gives the port. */
export async function startManager(directory) {
  const place = ['--shared-dir', join(directory, 'shared')];
  const manager = startDaemon('Manager', 'mapreduce-manager', ['--port', '0', ...place]);
  const port = await heardFrom(manager, /listening on \S+:(\d+)/);
  say(`Manager: process ${manager.child.pid}, listening on 127.0.0.1:${port}`);
  return port;
}

/** Starts Workers, says so, and waits until they are registered. */
export async function startWorkers(port, directory, names, options = []) {
  const workers = names.map((name) => {
    const place = ['--manager-port', port, '--name', name, '--work-dir', join(directory, name)];
    const worker = startDaemon(name, 'mapreduce-worker', [...place, ...options]);
    say(`Worker ${name}: process ${worker.child.pid}`);
    return worker;
  });
  for (const worker of workers) await heardFrom(worker, /Registered (\S+)/);
  return workers;
}

/** Starts a daemon, remembers it for `stopDaemons` and keeps the last of what it says. */
function startDaemon(name, command, words) {
  signal.throwIfAborted();
  const child = start(command, words, ['ignore', 'ignore', 'pipe']);
  const daemon = { name, child, said: '', hasEnded: false, isDoomed: false, ended: undefined };
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
    signal.throwIfAborted();
    if (daemon.hasEnded) throw new Error(`${daemon.name} ended at once:\n${daemon.said}`);
    if (Date.now() > limit) throw new Error(`${daemon.name} does not get ready:\n${daemon.said}`);
    const news = once(daemon.child.stderr, 'data');
    await Promise.race([news, daemon.ended, interrupted, elapsed(START_LIMIT_MS)]);
  }
}

/** Resolves after a time that does not keep the process alive. */
export function elapsed(timeMs) {
  return new Promise((resolve) => {
    setTimeout(resolve, timeMs).unref();
  });
}

/** Kills a Worker as a crash would; from here on its end is no reason to give up. */
export function killDaemon(daemon) {
  daemon.isDoomed = true;
  daemon.child.kill('SIGKILL');
}

/**
 * Submits a job and waits for its end. Its messages for people go to our stderr.
 * @param directory what relative paths start from; the repository, where the samples are
 * @returns what it wrote to stdout
 */
export async function submit(port, words, directory) {
  const all = [...words, '--manager-port', port];
  signal.throwIfAborted();
  say(`\n$ mapreduce-submit ${all.map(quoted).join(' ')}`);
  const client = start('mapreduce-submit', all, ['ignore', 'pipe', 'inherit'], { directory });
  // Ctrl-C at a client that waits cancels its job.
  signal.addEventListener('abort', () => client.kill('SIGINT'), { once: true });
  let written = '';
  client.stdout.setEncoding('utf8').on('data', (text) => {
    written += text;
  });
  try {
    const [code, killer] = await Promise.race([once(client, 'close'), earlyEnd()]);
    signal.throwIfAborted();
    if (code !== 0) throw new Error(`mapreduce-submit ended with ${killer ?? `exit code ${code}`}`);
    return written;
  } finally {
    client.kill('SIGKILL');
  }
}

/** As it would be typed. */
function quoted(word) {
  return /[\s$"\\{}<>;|&*]/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : word;
}

/** Rejects when a daemon ends although nobody asked it to: the job would wait for ever. */
async function earlyEnd() {
  const needed = daemons.map(async (daemon) => {
    await daemon.ended;
    if (daemon.isDoomed) await new Promise(() => undefined);
    return daemon;
  });
  const { name, said } = await Promise.race(needed);
  throw new Error(`${name} ended too early:\n${said}`);
}

/** Ends the cluster as a user would, then, should that not be enough, with signals. */
export async function stopDaemons(port) {
  const everyEnd = Promise.all(daemons.map((daemon) => daemon.ended));
  if (port !== undefined && daemons.some((daemon) => !daemon.hasEnded)) {
    const shutdown = start('mapreduce', ['shutdown', '--manager-port', port], 'ignore');
    await Promise.race([everyEnd, elapsed(STOP_LIMIT_MS)]);
    shutdown.kill('SIGKILL');
  }
  for (const name of ['SIGTERM', 'SIGKILL']) {
    const left = daemons.filter((daemon) => !daemon.hasEnded);
    if (left.length === 0) break;
    for (const daemon of left) daemon.child.kill(name);
    await Promise.race([everyEnd, elapsed(STOP_LIMIT_MS)]);
  }
  say(`\nStopped: processes ${daemons.map((daemon) => daemon.child.pid).join(', ')}`);
}
