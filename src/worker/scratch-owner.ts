import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/** Which process a scratch directory belongs to, so that somebody else can tell whether it lives. */
export interface ScratchOwner {
  readonly host: string;
  /** Changes with every start of the machine. */
  readonly boot: string;
  /** Process ids mean something only in their namespace. */
  readonly namespace: string;
  readonly processId: number;
  /** In ticks since the machine started: tells apart two processes with one id. */
  readonly startTicks: string;
}

/** The owner that this process is. */
export async function thisOwner(): Promise<ScratchOwner> {
  return {
    host: hostname(),
    boot: await textOf(readFile('/proc/sys/kernel/random/boot_id', 'latin1')),
    namespace: await textOf(readlink('/proc/self/ns/pid')),
    processId: process.pid,
    startTicks: (await startTicksOf(process.pid)) ?? '',
  };
}

/** Whether that process has certainly ended; false when this machine cannot tell. */
export async function isDead(owner: ScratchOwner, here: ScratchOwner): Promise<boolean> {
  if (owner.host !== here.host || here.startTicks === '') return false;
  if (owner.boot !== here.boot) return true;
  if (owner.namespace !== here.namespace) return false;
  return (await startTicksOf(owner.processId)) !== owner.startTicks;
}

/** Field 22 of /proc/PID/stat (proc_pid_stat(5)); undefined when there is no such process. */
async function startTicksOf(processId: number): Promise<string | undefined> {
  const stat = await textOf(readFile(`/proc/${String(processId)}/stat`, 'latin1'));
  // The second field is the program's name in brackets, which may hold blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[19];
}

async function textOf(read: Promise<string>): Promise<string> {
  return (await read.catch(() => '')).trim();
}
