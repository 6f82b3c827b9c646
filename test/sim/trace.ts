import type { ManagerCommand } from '../../src/manager/scheduler/commands.ts';
import type { ManagerEvent } from '../../src/manager/scheduler/events.ts';
import { describeCommand, describeEvent } from '../manager/scheduler/harness/describe.ts';

/** The story of one simulation for people: faults, and what the Manager heard and did. */
export class Trace {
  readonly #nowMs: () => number;
  readonly #write: (line: string) => void;

  constructor(nowMs: () => number, write: (line: string) => void) {
    this.#nowMs = nowMs;
    this.#write = write;
  }

  say(line: string): void {
    this.#write(`${(this.#nowMs() / 1000).toFixed(3).padStart(9)}  ${line}`);
  }

  step(event: ManagerEvent, commands: readonly ManagerCommand[]): void {
    const isBeat = event.type === 'worker_message' && event.message.message_type === 'heartbeat';
    const isQuiet = isBeat || event.type === 'heartbeat' || event.type === 'tick';
    if (isQuiet && commands.length === 0) return;
    this.say(describeEvent(event, String));
    for (const command of commands) this.#write(`           ${describeCommand(command, String)}`);
  }
}
