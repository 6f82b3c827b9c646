import { execa } from 'execa';
import type { ProgramFifos } from './fifos.ts';
import type {
  ProcessEnd,
  ProgramStart,
  ProgramStarter,
  StartedProgram,
} from './program-starter.ts';
import { startError } from './start-error.ts';

/**
 * Raises the program's own badness, so that a shortage of memory hits it and not the Worker, then
 * becomes the program. Only raising needs no privilege, hence the failure that is not shown.
 */
const LAUNCHER = `echo 1000 2>/dev/null >/proc/self/oom_score_adj
exec <"$1" >"$2" 2>"$3"
shift 3
exec "$@"`;

/** Starts programs right from this process, which costs it several times what a launcher does. */
export const directStarter: ProgramStarter = {
  canFeed: false,
  start(program, fifos): Promise<StartedProgram> {
    const subprocess = startProcess(program, fifos);
    const groupId = subprocess.pid;
    const started = { groupId, hasEnded: false, announced: Promise.resolve() };
    const ended = endOf(subprocess, () => {
      started.hasEnded = true;
    });
    return Promise.resolve(Object.assign(started, { ended }));
  },
  close: () => undefined,
};

function startProcess(
  { path, args, directory, environment }: ProgramStart,
  { paths }: ProgramFifos,
) {
  return execa(
    '/bin/sh',
    ['-c', LAUNCHER, 'sh', paths.stdin, paths.stdout, paths.stderr, path, ...args],
    {
      cwd: directory,
      env: environment,
      extendEnv: false,
      detached: true,
      cleanup: false,
      stdio: 'ignore',
      buffer: false,
      reject: false,
    },
  );
}

async function endOf(
  subprocess: ReturnType<typeof startProcess>,
  onEnd: () => void,
): Promise<ProcessEnd> {
  const { pid } = subprocess;
  const { cause, code, exitCode, signal } = await subprocess;
  onEnd();
  if (pid === undefined) throw startError(code ?? 'EAGAIN', { cause });
  return signal === undefined
    ? { type: 'exited', exitCode: exitCode ?? 0 }
    : { type: 'signalled', signal };
}
