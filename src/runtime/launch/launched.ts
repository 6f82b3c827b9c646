import { constants } from 'node:os';
import type { Feeder, ProcessEnd, StartedProgram } from './program-starter.ts';
import { codeOfShellMessage, launcherKilledError, startError } from './start-error.ts';
import { withResolvers } from './with-resolvers.ts';

/** A status from here on may stand for the signal of that number less this. */
const SIGNAL_BASE = 128;
/** How bash lists a feeder that is still there when its program was ended by a signal. */
const RUNNING_JOB = /^\[\d+\]\S*\s+Running\s/;

/** A program as its launcher's answers tell of it. */
export class Launched implements StartedProgram {
  groupId: number | undefined;
  hasEnded = false;
  feeder: LaunchedFeeder | undefined;
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
    const [, mark, number = '', more = ''] = /^([+<~])(\d+)(?: (\d+))?$/.exec(line) ?? [];
    if (mark === '<') {
      this.feeder = new LaunchedFeeder(Number(number));
    } else if (mark === '+' && this.groupId === undefined) {
      this.groupId = Number(number);
      this.#announce();
    } else if (mark === '~' && this.feeder) {
      this.feeder.wasCutShort = more === '0';
      this.#endProgram(Number(number));
    } else if (!RUNNING_JOB.test(line)) {
      this.#words = line;
    }
  }

  /** The launcher's last word: the status of the feeder, where there is one. */
  end(status: number): void {
    this.feeder?.end(status);
    if (!this.hasEnded) this.#endProgram(status);
  }

  #endProgram(status: number): void {
    this.hasEnded = true;
    this.#announce();
    const signal = this.#words === '' ? undefined : signalName(status - SIGNAL_BASE);
    if (this.groupId === undefined || (this.#words !== '' && signal === undefined))
      this.#fail(startError(codeOfShellMessage(this.#words)));
    else if (signal === undefined) this.#end({ type: 'exited', exitCode: status });
    else this.#end({ type: 'signalled', signal });
  }

  /** The launcher is gone. */
  abandon(): void {
    this.#announce();
    this.#fail(launcherKilledError());
    this.feeder?.end(SIGNAL_BASE);
  }
}

class LaunchedFeeder implements Feeder {
  readonly groupId: number;
  wasCutShort = false;
  readonly ended: Promise<number>;
  readonly #end: (status: number) => void;

  constructor(groupId: number) {
    this.groupId = groupId;
    const { promise, resolve } = withResolvers<number>();
    this.ended = promise;
    this.#end = resolve;
  }

  end(status: number): void {
    this.#end(status);
  }
}

function signalName(number: number): string | undefined {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
}
