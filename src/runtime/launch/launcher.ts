import { closeSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { execa } from 'execa';
import { assert } from '../assert.ts';
import type { FifoPool, ProgramFifos } from './fifos.ts';
import { launchCommand, plainCommand } from './launch-command.ts';
import { Launched } from './launched.ts';
import { LAUNCHER_SCRIPT } from './launcher-script.ts';
import type { ProgramStart, StartedProgram } from './program-starter.ts';

/** Hears what a launcher answers to one command. */
interface AnswerListener {
  /** One line before the last. */
  take(line: string): void;
  end(status: number): void;
  /** The launcher is gone. */
  abandon(): void;
}

export interface LauncherOptions {
  /** Where bash is. */
  readonly bash: string;
  readonly fifos: FifoPool;
  /** Variables by which somebody can find a launcher, and what it has just started. */
  readonly marks: Readonly<Record<string, string>>;
  /** Told of the process of each launcher as it comes and goes. */
  readonly launchers: { add(processId: number): void; remove(processId: number): void };
}

const LAUNCHER_PATH = '/usr/local/bin:/usr/bin:/bin';

/** A bash that starts programs, one at a time, for as long as it lives. */
export class Launcher {
  readonly #commands: Socket;
  readonly #answers: Socket;
  readonly #exported: Map<string, string>;
  #line = '';
  #current: AnswerListener | undefined;
  #isDead = false;

  static async start(options: LauncherOptions): Promise<Launcher> {
    const fifos = await options.fifos.take();
    return new Launcher(options, fifos);
  }

  private constructor({ bash, marks, launchers }: LauncherOptions, fifos: ProgramFifos) {
    this.#exported = new Map(Object.entries(marks));
    const { own, paths } = fifos;
    this.#commands = new Socket({ fd: own.stdin, readable: false, writable: true });
    this.#answers = new Socket({ fd: own.stdout, readable: true, writable: false });
    this.#answers.setEncoding('latin1');
    const ends = [openSync(paths.stdin, 'r'), openSync(paths.stdout, 'w')] as const;
    // Any descriptor will do; the types list the first few only.
    const [stdin, stdout] = ends as unknown as readonly [3, 4];
    const subprocess = execa(bash, ['--noprofile', '--norc', '-s'], {
      cwd: '/',
      env: { PATH: LAUNCHER_PATH, LC_ALL: 'C', ...marks },
      extendEnv: false,
      detached: true,
      cleanup: false,
      stdio: [stdin, stdout, stdout],
      buffer: false,
      reject: false,
    });
    subprocess.unref();
    fifos.release();
    for (const done of [...ends, own.stderr]) closeSync(done);
    const { pid } = subprocess;
    if (pid !== undefined) launchers.add(pid);
    this.#watch(() => {
      if (pid !== undefined) launchers.remove(pid);
    });
    this.#commands.write(LAUNCHER_SCRIPT);
    this.#rest();
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Whether it can start another program. */
  get isFree(): boolean {
    return !this.#isDead && this.#current === undefined;
  }

  /** It must be free. */
  start(program: ProgramStart, fifos: ProgramFifos): StartedProgram {
    const launched = new Launched();
    this.#command(launchCommand({ ...program, ...fifos.paths }, this.#exported), launched);
    return launched;
  }

  /** Runs a small program of ours, and says whether it exited with 0. It must be free. */
  succeeds(words: readonly string[]): Promise<boolean> {
    return new Promise((resolve) => {
      this.#command(plainCommand(words), {
        take: () => undefined,
        end(status) {
          resolve(status === 0);
        },
        abandon() {
          resolve(false);
        },
      });
    });
  }

  /** Lets it end; a program that it has started goes on. */
  close(): void {
    this.#isDead = true;
    this.#commands.destroy();
    this.#answers.destroy();
  }

  /** A shell reads its commands byte by byte; so only how long they are, and the rest at once. */
  #command(text: string, listener: AnswerListener): void {
    assert(this.isFree, 'a launcher runs one program at a time');
    this.#current = listener;
    this.#answers.ref();
    this.#commands.write(`asked ${String(Buffer.byteLength(text))}\n${text}told\n`);
  }

  #watch(onGone: () => void): void {
    const died = (): void => {
      if (!this.#isDead) this.close();
      const listener = this.#current;
      this.#current = undefined;
      listener?.abandon();
    };
    this.#commands.on('error', died);
    this.#answers
      .on('error', died)
      .on('end', died)
      .on('close', onGone)
      .on('data', (text: string) => {
        const lines = (this.#line + text).split('\n');
        this.#line = lines.pop() ?? '';
        for (const line of lines) this.#take(line);
      });
  }

  #take(line: string): void {
    if (!line.startsWith('=')) {
      this.#current?.take(line);
      return;
    }
    const listener = this.#current;
    this.#current = undefined;
    this.#rest();
    listener?.end(Number(line.slice(1)));
  }

  /** A launcher without a program does not keep its thread alive. */
  #rest(): void {
    this.#commands.unref();
    this.#answers.unref();
  }
}
