#!/usr/bin/env node
// A whole cluster on this machine, for one word count: a Manager, two Workers, a job, the answer.
// Everything that it starts it names, and stops again, also after a failure or Ctrl-C.
// Runs after `npm ci`; `npm run quickstart` does both.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScript, say, startManager, startWorkers, stopDaemons, submit } from './own-cluster.js';

const TEXT = 'samples/texts/opticks.txt';

async function countWords(directory) {
  let port;
  try {
    port = await startManager(directory);
    await startWorkers(port, directory, ['worker-1', 'worker-2']);
    const output = join(directory, 'output');
    const programs = ['--mapper', 'samples/word-count/map.js'];
    programs.push('--reducer', 'samples/word-count/reduce.js');
    await submit(port, ['--input', TEXT, '--output', output, ...programs]);
    printTopWords(output);
  } finally {
    await stopDaemons(port);
    removeAllBut('output', directory);
  }
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

/** Leaves the result, if there is one, and nothing else. */
function removeAllBut(kept, directory) {
  for (const name of readdirSync(directory).filter((each) => each !== kept)) {
    rmSync(join(directory, name), { recursive: true });
  }
  if (!existsSync(join(directory, kept))) rmdirSync(directory);
}

await runScript('quickstart', async () => {
  await countWords(mkdtempSync(join(tmpdir(), 'muster-quickstart-')));
  say('\nNow your own data, with any two programs, on this machine alone:\n');
  say('export PATH="$PWD/bin:$PATH"');
  say(
    `mapreduce-submit --local --input YOUR_FILE --mapper 'tr -cs A-Za-z "\\n"' --reducer 'uniq -c'`,
  );
});
