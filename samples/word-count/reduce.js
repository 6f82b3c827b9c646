#!/usr/bin/env node
// Reads "word<TAB>number" sorted by word and prints each word once, with the sum of its numbers.
// No import and no require, so that it runs the same as a module and, alone on a Worker, as a script.

/** Adds up the numbers of the current word; `take` returns what is ready to be printed. */
class WordSum {
  word = '';
  sum = 0;

  take(lines) {
    let ready = '';
    for (const line of lines) {
      if (line === '') continue;
      const tab = line.indexOf('\t');
      const word = line.slice(0, tab);
      if (word !== this.word) {
        ready += this.end();
        this.word = word;
      }
      this.sum += Number(line.slice(tab + 1));
    }
    return ready;
  }

  end() {
    const ready = this.word === '' ? '' : `${this.word}\t${this.sum}\n`;
    this.word = '';
    this.sum = 0;
    return ready;
  }
}

/** Writes, and waits while the reader is slower than we are. */
async function write(text) {
  if (text === '' || process.stdout.write(text, 'latin1')) return;
  await new Promise((resume) => {
    process.stdout.once('drain', resume);
  });
}

async function main() {
  // latin1 maps bytes to characters one to one, whatever they are.
  process.stdin.setEncoding('latin1');
  const counter = new WordSum();
  let unfinished = '';
  for await (const chunk of process.stdin) {
    const lines = (unfinished + chunk).split('\n');
    unfinished = lines.pop();
    await write(counter.take(lines));
  }
  await write(counter.take([unfinished]) + counter.end());
}

void main();
