import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as elapsed } from 'node:timers/promises';
import { treeCpuMs, treePeakBytes } from '../process-tree.ts';
import { REPOSITORY } from '../repository.ts';

/** What the kernel says of a process so far. */
export interface ProcessUse {
  readonly cpuMs: number;
  /** The most memory it ever had. */
  readonly peakBytes: number;
}

const READY_LIMIT_MS = 20_000;
const LOOK_EVERY_MS = 20;

/** A real `mapreduce-manager` on a free port, at log level info, its stderr in a file. */
export class ManagerProcess {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #pid: number;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.#pid = child.pid ?? 0;
    this.port = port;
  }

  /** @throws Error when it does not say within some seconds that it listens */
  static async start(options: {
    readonly directory: string;
    readonly heartbeatMs: number;
    /** Of Node, e.g. `--cpu-prof`. */
    readonly nodeFlags?: readonly string[] | undefined;
  }): Promise<ManagerProcess> {
    const { directory, heartbeatMs, nodeFlags = [] } = options;
    const stderrFile = `${directory}/manager.stderr`;
    const stderr = openSync(stderrFile, 'w');
    const child = spawn(
      process.execPath,
      [
        ...nodeFlags,
        `${REPOSITORY}/bin/mapreduce-manager`,
        ...['--port', '0', '--shared-dir', `${directory}/shared`, '--loglevel', 'info'],
        ...['--heartbeat-interval', `${String(heartbeatMs / 1000)}s`],
      ],
      { stdio: ['ignore', stderr, stderr] },
    );
    closeSync(stderr);
    for (let waitedMs = 0; waitedMs < READY_LIMIT_MS; waitedMs += LOOK_EVERY_MS) {
      await elapsed(LOOK_EVERY_MS);
      const port = /listening on 127\.0\.0\.1:(\d+)/.exec(readFileSync(stderrFile, 'utf8'))?.[1];
      if (port !== undefined) return new ManagerProcess(child, Number(port));
    }
    child.kill('SIGKILL');
    throw new Error(`The Manager does not listen: ${readFileSync(stderrFile, 'utf8')}`);
  }

  use(): ProcessUse {
    return { cpuMs: treeCpuMs(this.#pid), peakBytes: treePeakBytes(this.#pid) };
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
  }
}
