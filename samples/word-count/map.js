#!/usr/bin/env node
// Prints "word<TAB>1" for every word. A word is a run of ASCII letters, in lower case.
// No import and no require, so that it runs the same as a module and, alone on a Worker, as a script.

/** The records of all words of a text. */
function* takeWords(text) {
  for (const [word] of text.matchAll(/[A-Za-z]+/g)) yield `${word.toLowerCase()}\t1\n`;
}

/** Where the run of letters at the end of a text begins; its length when there is none. */
function startOfLastRun(text) {
  let at = text.length;
  while (at > 0 && /[A-Za-z]/.test(text[at - 1])) at--;
  return at;
}

/** Writes, and waits while the reader is slower than we are. */
async function write(text) {
  if (process.stdout.write(text)) return;
  await new Promise((resume) => {
    process.stdout.once('drain', resume);
  });
}

async function main() {
  // latin1 maps bytes to characters one to one, whatever they are.
  process.stdin.setEncoding('latin1');
  let unfinished = '';
  for await (const chunk of process.stdin) {
    const cut = startOfLastRun(chunk);
    if (cut > 0) {
      await write([...takeWords(unfinished + chunk.slice(0, cut))].join(''));
      unfinished = '';
    }
    unfinished += chunk.slice(cut);
  }
  await write([...takeWords(unfinished)].join(''));
}

void main();
