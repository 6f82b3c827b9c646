import { readdirSync, readFileSync } from 'node:fs';

/** What /proc knows of a process. Source: proc(5). */
interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** User and system time, its own and that of the children it has waited for. */
  readonly ticks: number;
}

/** USER_HZ: 100 on every Linux that Node runs on. */
const MS_PER_TICK = 10;
const KIB = 1024;

/** CPU time of a process and everything below it, children that have ended included, in ms. */
export function treeCpuMs(root: number): number {
  return tree(root).reduce((sum, { ticks }) => sum + ticks, 0) * MS_PER_TICK;
}

/** Sum of the highest resident sizes of a process and everything below it that is still there. */
export function treePeakBytes(root: number): number {
  return tree(root).reduce((sum, { pid }) => sum + peakBytes(pid), 0);
}

function tree(root: number): readonly ProcessEntry[] {
  const all = processes();
  const found = all.filter(({ pid }) => pid === root);
  // Those that are found are looked through too, while the list grows.
  for (const { pid } of found) found.push(...all.filter(({ parent }) => parent === pid));
  return found;
}

function processes(): readonly ProcessEntry[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const stat = readGone(`/proc/${pid}/stat`);
    return stat === undefined ? [] : [parseStat(stat)];
  });
}

/** Reads a line of /proc/PID/stat; the name in parentheses may hold anything. */
export function parseStat(stat: string): ProcessEntry {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const at = (field: number): number => Number(fields[field - 3]);
  const ticks = at(14) + at(15) + at(16) + at(17);
  return { pid: Number.parseInt(stat, 10), parent: at(4), ticks };
}

function peakBytes(pid: number): number {
  const status = readGone(`/proc/${String(pid)}/status`) ?? '';
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) * KIB;
}

/** A process may end between being listed and being read. */
function readGone(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
