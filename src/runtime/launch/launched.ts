import { constants } from 'node:os';
import type { ProcessEnd, StartedProgram } from './program-starter.ts';
import { codeOfShellMessage, launcherKilledError, startError } from './start-error.ts';
import { withResolvers } from './with-resolvers.ts';

/** A status from here on may stand for the signal of that number less this. */
const SIGNAL_BASE = 128;

/** A program as its launcher's answers tell of it. */
export class Launched implements StartedProgram {
  groupId: number | undefined;
  hasEnded = false;
  readonly announced: Promise<void>;
  readonly ended: Promise<ProcessEnd>;
  readonly #announce: () => void;
  readonly #end: (end: ProcessEnd) => void;
  readonly #fail: (error: Error) => void;
  /** What bash has said of this program. */
  #words = '';

  constructor() {
    const announced = withResolvers<undefined>();
    const ended = withResolvers<ProcessEnd>();
    this.announced = announced.promise;
    this.ended = ended.promise;
    this.#announce = () => {
      announced.resolve(undefined);
    };
    this.#end = ended.resolve;
    this.#fail = ended.reject;
  }

  take(line: string): void {
    const pid = /^\+(\d+)$/.exec(line)?.[1];
    if (pid === undefined || this.groupId !== undefined) {
      this.#words = line;
      return;
    }
    this.groupId = Number(pid);
    this.#announce();
  }

  end(status: number): void {
    this.hasEnded = true;
    this.#announce();
    const signal = this.#words === '' ? undefined : signalName(status - SIGNAL_BASE);
    if (this.groupId === undefined || (this.#words !== '' && signal === undefined))
      this.#fail(startError(codeOfShellMessage(this.#words)));
    else
      this.#end(
        signal === undefined ? { type: 'exited', exitCode: status } : { type: 'signalled', signal },
      );
  }

  /** The launcher is gone. */
  abandon(): void {
    this.#announce();
    this.#fail(launcherKilledError());
  }
}

function signalName(number: number): string | undefined {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
}
