import { makeByProcess, type ProgramFifos } from './fifos.ts';
import { Launcher, type LauncherOptions } from './launcher.ts';
import type { ProgramStart, ProgramStarter, StartedProgram } from './program-starter.ts';

/** Keeps launchers: as many as programs have run at once, and new ones for those that died. */
export class LauncherPool implements ProgramStarter {
  readonly #options: LauncherOptions;
  readonly #launchers = new Set<Launcher>();

  constructor(options: LauncherOptions) {
    this.#options = options;
    options.fifos.makeBy((paths) => this.#makeFifos(paths));
  }

  /** Starts a launcher now, so that the first program does not wait for it. */
  async warm(): Promise<void> {
    if (this.#launchers.size === 0) await this.#launch();
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

  #makeFifos(paths: readonly string[]): Promise<void> {
    for (const launcher of this.#launchers) if (launcher.isFree) return launcher.makeFifos(paths);
    return makeByProcess(paths);
  }

  async #launch(): Promise<Launcher> {
    const launcher = await Launcher.start(this.#options);
    this.#launchers.add(launcher);
    return launcher;
  }
}
