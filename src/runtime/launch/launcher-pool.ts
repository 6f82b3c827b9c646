import { existsSync } from 'node:fs';
import { makeByProcess, mkfifoCommand, type ProgramFifos } from './fifos.ts';
import { TRY_FEEDER } from './launch-command.ts';
import { Launcher, type LauncherOptions } from './launcher.ts';
import type { ProgramStart, ProgramStarter, StartedProgram } from './program-starter.ts';

/** Keeps launchers: as many as programs have run at once, and new ones for those that died. */
export class LauncherPool implements ProgramStarter {
  readonly #options: LauncherOptions;
  readonly #launchers = new Set<Launcher>();
  #canFeed = false;

  constructor(options: LauncherOptions) {
    this.#options = options;
    options.fifos.makeBy((paths) => this.#makeFifos(paths));
  }

  get canFeed(): boolean {
    return this.#canFeed;
  }

  /** Starts a launcher now, so that the first program does not wait for it. */
  async warm(): Promise<void> {
    const launcher = await this.#launch();
    // A feeder's progress is read there.
    this.#canFeed = existsSync('/proc/self/fdinfo/0') && (await launcher.succeeds(TRY_FEEDER));
    await this.#options.fifos.warm();
  }

  async start(program: ProgramStart, fifos: ProgramFifos): Promise<StartedProgram> {
    for (const launcher of this.#launchers) {
      if (launcher.isFree) return launcher.start(program, fifos);
      if (launcher.isDead) this.#launchers.delete(launcher);
    }
    return (await this.#launch()).start(program, fifos);
  }

  close(): void {
    for (const launcher of this.#launchers) launcher.close();
    this.#launchers.clear();
  }

  async #makeFifos(paths: readonly string[]): Promise<void> {
    for (const launcher of this.#launchers)
      if (launcher.isFree && (await launcher.succeeds(mkfifoCommand(paths)))) return;
    await makeByProcess(paths);
  }

  async #launch(): Promise<Launcher> {
    const launcher = await Launcher.start(this.#options);
    this.#launchers.add(launcher);
    return launcher;
  }
}
