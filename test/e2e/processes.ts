import { readdirSync, readFileSync } from 'node:fs';

/** Looks at /proc, so that a test can say "nothing of it is alive". */

/** Processes whose environment holds `text`, by pid. */
export function withEnvironment(text: string): number[] {
  return pids().filter((pid) => read(`/proc/${String(pid)}/environ`).includes(text));
}

/** Waits until `holds` is true; fails after `seconds`. Polls, for /proc sends no events. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  seconds = 20,
): Promise<number> {
  const from = performance.now();
  while (!(await holds())) {
    if (performance.now() - from > seconds * 1000)
      throw new Error(`Not within ${String(seconds)} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return (performance.now() - from) / 1000;
}

/** Peak resident memory of a process in bytes. */
export function peakBytes(pid: number): number {
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${String(pid)}/status`));
  return Number(found?.[1] ?? 0) * 1024;
}

/** All descendants of a process. */
export function descendants(pid: number): number[] {
  const children = pids().filter((each) => parentOf(each) === pid);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

export function commandLine(pid: number): string {
  return read(`/proc/${String(pid)}/cmdline`)
    .replaceAll('\0', ' ')
    .trim();
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)$/m.exec(read(`/proc/${String(pid)}/status`))?.[1] ?? -1);
}

function pids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** A process may be gone at any moment: then it has no text. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
