import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Programs that wait for the test, so that it can act in the middle of a task. */

/** A command line that waits until the file is there and then is `cat`. */
export function waitingFor(gate: string): string {
  return `sh -c "while [ ! -e ${gate} ]; do sleep 0.05; done; exec cat"`;
}

/** Lets everybody through who waits for the file. */
export function open(gate: string): Promise<void> {
  return writeFile(gate, '');
}

/** Writes an executable shell script and gives its path. */
export async function script(directory: string, name: string, body: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}
