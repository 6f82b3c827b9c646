import type { ProgramFifos } from './fifos.ts';
import type { FileRange } from './launch-command.ts';

/** A program to start. */
export interface ProgramStart {
  /** Absolute. */
  readonly path: string;
  readonly args: readonly string[];
  /** Its working directory. */
  readonly directory: string;
  /** All of it, but for what a shell sets of its own: PWD, SHLVL. */
  readonly environment: Readonly<Record<string, string>>;
  /** What is written into its stdin; only where {@link ProgramStarter.canFeed}. */
  readonly feed?: FileRange | undefined;
}

/** A process that writes a range of a file into a program's stdin. It may have to be killed. */
export interface Feeder {
  /** Of its own process group. */
  readonly groupId: number;
  /** Whether the program has ended before it. */
  readonly wasCutShort: boolean;
  /** Settles with its exit status when it is no more. */
  readonly ended: Promise<number>;
}

export type ProcessEnd =
  | { readonly type: 'exited'; readonly exitCode: number }
  | { readonly type: 'signalled'; readonly signal: string };

/** A program that is being started, runs or has ended. */
export interface StartedProgram {
  /** Of its own process group, which it leads; undefined until it is known, or if there is none. */
  readonly groupId: number | undefined;
  readonly hasEnded: boolean;
  /** Known when the group is. */
  readonly feeder?: Feeder | undefined;
  /** Settles, with nothing, when the group is known, or when it is clear that there is none. */
  readonly announced: Promise<void>;
  /** Rejects when no process could be made, or when nobody can see any more how it ends. */
  readonly ended: Promise<ProcessEnd>;
}

/** Starts programs, each in a process group of its own and with FIFOs as standard streams. */
export interface ProgramStarter {
  /** Whether a program can be fed from a file without us. */
  readonly canFeed: boolean;
  /** The program's ends of the FIFOs must stay open until it has ended. */
  start(program: ProgramStart, fifos: ProgramFifos): Promise<StartedProgram>;
  close(): void;
}
